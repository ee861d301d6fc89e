import Core
import Networks
import Rendering

extension NetworkDescriptionDocument {
  /// The tables for a terminal.
  public var text: String {
    let outputs = outputs.sorted { $0.key < $1.key }.map { "\($0.value) (\($0.key))" }.joined(separator: ", ")
    return """
      \(name): \(input)\(inputLayout == "nhwc" ? " (channels last)" : "") to \(outputs). MACs are of one sample.
      \(ending)
      \(table)At 8 bit: \(uniform8Bit.text).
      \(reasons)\(tied)
      """
  }

  private var ending: String {
    finalActivation.map {
      "It ends in \($0.rawValue): loss, divergence and fine-tuning use the class scores before it.\n"
    } ?? ""
  }

  private var table: String {
    var table = TextTable([
      .init("operation"), .init("what"), .init("output"), .init("parameters", .right), .init("MACs", .right),
      .init("quantizable"),
    ])
    for row in operations {
      table.add([
        row.name, row.operation, row.output, row.parameters > 0 ? Quantity.count(row.parameters) : "",
        row.macs > 0 ? Quantity.count(row.macs) : "", row.quantizableText,
      ])
    }
    table.addRule()
    table.add(["total", "", "", Quantity.count(parameters), Quantity.count(macs), ""])
    return table.text
  }

  private var reasons: String {
    Dictionary(grouping: operations.filter { $0.noCost != nil }) { $0.noCost! }
      .sorted { $0.key < $1.key }
      .map { "Without cost, \($0.value.count) of \(operations.count) operations: \($0.key).\n" }.joined()
  }

  private var tied: String {
    let groups = tiedWidths.groups.enumerated().map { index, group in
      "  \(index + 1). \(group.layers.joined(separator: ", "))\n     \(group.reasons.joined(separator: "; "))\n"
    }
    return groups.isEmpty ? "" : "\nLayers that share the width of their inputs:\n" + groups.joined()
  }
}

extension NetworkDescriptionDocument.OperationPart {
  fileprivate var quantizableText: String {
    guard quantizable else { return noCost == nil ? "" : "no" }
    guard givenWeightBits != nil || givenActivationBits != nil else { return "yes" }
    let given = [givenWeightBits, givenActivationBits]
    guard given.allSatisfy({ $0?.isNumberOfBits ?? true }) else {
      return "given " + given.map { ($0 ?? .float).formatName }.joined(separator: "/")
    }
    func bits(_ width: BitWidth?) -> String { width.map(\.description) ?? "float" }
    return "given W\(bits(givenWeightBits)) A\(bits(givenActivationBits))"
  }
}
