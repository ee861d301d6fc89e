public import Core
public import Diagnostics
public import Foundation

/// A cost table as JSON: layers, widths and one array per metric; the format is `docs/table.md` section 3.
public struct TableDocument: Hashable, Sendable {
  public var network: NetworkDocument
  /// Ascending.
  public var weightWidths: [BitWidth]
  public var activationWidths: [BitWidth]
  /// Nil where costs do not depend on the widths of outputs.
  public var outputWidths: [BitWidth]?
  /// By title, such as `latency_s` or `cycles`: `[layer][weight width][activation width][output width]`, the last of which has
  /// one entry where there are no output widths; nil is no cost.
  public var columns: [String: [[[[Double?]]]]]
  /// The places of the numbers of a column, in the same form.
  public var places: [String: [[[[Diagnostic.Place]]]]] = [:]

  public init(
    network: NetworkDocument, weightWidths: [BitWidth], activationWidths: [BitWidth],
    outputWidths: [BitWidth]? = nil, columns: [String: [[[[Double?]]]]]
  ) {
    self.network = network
    self.weightWidths = weightWidths
    self.activationWidths = activationWidths
    self.outputWidths = outputWidths
    self.columns = columns
  }

  /// The titles that a column may have.
  public static let titles = ["latency_s", "cycles"] + Metric.ofTargets.map(\.rawValue).dropFirst()
  /// The largest file that is read, in bytes; tables are longer than specs.
  static let sizeLimit = 64 << 20

  /// Reads and checks a table file, named `file` in messages; throws `Diagnostics` with every problem.
  public static func read(
    _ bytes: Data, file: String
  ) throws -> (document: TableDocument, warnings: [Diagnostic]) {
    let value = try PositionedValue.read(bytes, file: file, sizeLimit: sizeLimit)
    let read = try SchemaVersion.table.read(value, as: "the table") { reader -> TableDocument? in
      let name = reader.required("network", .text)
      let batch = reader.required("batch", .integer(1...NetworkDocument.largestBatch))
      let layers = reader.required("layers", NetworkDocument.uniqueLayers)
      let weights = reader.formats(of: "weight")
      let activations = reader.formats(of: "activation")
      let outputs = reader.optionalFormats(of: "output")
      if case .refused = outputs {
        reader.acceptAllKeys()
        return nil
      }
      guard let layers, let weights, let activations else {
        reader.acceptAllKeys()
        return nil
      }
      let shape = [layers.count, weights.count, activations.count]
      let costs = reader.required("costs", columnsForm(shape: shape, outputs: outputs.value?.count))
      guard let name, let batch, let costs else { return nil }
      var document = TableDocument(
        network: NetworkDocument(name: name, batch: batch, layers: layers), weightWidths: weights,
        activationWidths: activations, outputWidths: outputs.value,
        columns: costs.mapValues { $0.map { $0.map { $0.map { $0.map(\.number) } } } })
      document.places = costs.mapValues { $0.map { $0.map { $0.map { $0.map(\.place) } } } }
      return document
    }
    return (read.value, read.warnings)
  }

  private struct Cell {
    var number: Double?
    var place: Diagnostic.Place
  }

  /// - Parameter outputs: How many output widths there are; nil where a cell is a number and no list of them.
  private static func columnsForm(shape: [Int], outputs: Int?) -> Form<[String: [[[[Cell]]]]]> {
    let cells =
      outputs.map { Form<[Cell]>.list(of: cell, count: $0...$0) } ?? cell.then { cell, _, _, _ in [cell] }
    return Form<[String: [[[[Cell]]]]]>.object { reader in
      var columns: [String: [[[[Cell]]]]] = [:]
      var isComplete = true
      let form = Form.list(
        of: .list(of: .list(of: cells, count: shape[2]...shape[2]), count: shape[1]...shape[1]),
        count: shape[0]...shape[0])
      for title in titles {
        switch reader.optional(title, form) {
        case .absent: break
        case .refused: isComplete = false
        case .value(let column): columns[title] = column
        }
      }
      return isComplete ? columns : nil
    }.then { columns, value, name, problems in
      guard (columns["latency_s"] == nil) != (columns["cycles"] == nil) else {
        problems.add("\(name) must have either \"latency_s\" or \"cycles\"", at: value.place)
        return nil
      }
      return columns
    }
  }

  private static let cell = Form<Cell> { value, name, problems in
    if value.content == .null { return Cell(number: nil, place: value.place) }
    return Form<Double>.number(0...1e15, "a cost of 0 to 1e15, or null where there is none")
      .read(value, name, problems).map { Cell(number: $0, place: value.place) }
  }

  /// The file's text, one layer per line; reading it gives this document again.
  public var text: String {
    let cells = Self.titles.compactMap { title in
      columns[title].map { layers -> (String, JSONText) in
        (title, .list(layers.map { .list($0.map { .list($0.map(written)) }) }))
      }
    }
    let isOfBits = (weightWidths + activationWidths + (outputWidths ?? [])).allSatisfy(\.isNumberOfBits)
    var fields: [(String, JSONText)] = [
      // A file that says no more than version 1.0 does is one, so that every program reads it.
      ("schema", .text(isOfBits ? "haq.table/1.0" : SchemaVersion.table.text)),
      ("network", .text(network.name)),
      ("batch", .integer(network.batch ?? 1)), ("layers", .list(network.layers.map(NetworkDocument.written))),
      Self.field("weight", weightWidths), Self.field("activation", activationWidths),
    ]
    if let outputWidths { fields.append(Self.field("output", outputWidths)) }
    fields.append(("costs", .object(cells)))
    return JSONText.object(fields).document
  }

  private static func field(_ role: String, _ widths: [BitWidth]) -> (String, JSONText) {
    widths.allSatisfy(\.isNumberOfBits)
      ? ("\(role)_bits", .inline(widths.map { .integer($0.bits) }))
      : ("\(role)_formats", .inline(widths.map { .text($0.formatName) }))
  }

  /// A number, or one for each output width.
  private func written(_ cell: [Double?]) -> JSONText {
    let numbers = cell.map { $0.map(JSONText.number) ?? .null }
    return outputWidths == nil && numbers.count == 1 ? numbers[0] : .list(numbers)
  }
}
