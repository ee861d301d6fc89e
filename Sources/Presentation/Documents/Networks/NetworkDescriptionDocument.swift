import Core
import DataRequests
import Documents
import Networks
import Rendering
import Specs

/// What a network computes: the output of `haq network show` in both formats.
struct NetworkReport: Encodable {
  var name: String
  var input: String
  /// nchw, nhwc or nhw: how the input would hold images; absent where it could not.
  var input_layout: String?
  var outputs: [String: String]
  var operations: [Operation]
  /// A document for --tied-widths.
  var tied_widths: TiedWidths
  /// At 8-bit weights and activations everywhere, for one sample.
  var uniform_8_bit: NetworkMemory
  /// Layers that use one tensor of weights.
  var shared_weights: [[String]]
  var parameters: Int
  /// Of one sample.
  var macs: Int
  var quantizable_macs: Int
  var program_version = ProgramVersion.current

  struct Operation: Encodable {
    var name: String
    var operation: String
    var inputs: [String]
    var output: String
    var parameters: Int
    var macs: Int
    var quantizable: Bool
    /// Absent where no cost model sees the operation.
    var kind: Layer.Kind?
    /// Why a step that multiplies has no cost.
    var no_cost: String?
    /// The widths that the file's own quantizers give.
    var given_weight_bits: BitWidth?
    var given_activation_bits: BitWidth?
  }

  struct TiedWidths: Encodable {
    var schema = TiedWidthsDocument.schema
    var groups: [Group]

    struct Group: Encodable {
      var layers: [String]
      var reasons: [String]
    }
  }

  /// The kinds of layers that one target has costs for.
  struct Supported {
    var target: String
    var kinds: [Layer.Kind]

    func reason(against kind: Layer.Kind) -> String? {
      guard !kinds.contains(kind) else { return nil }
      return
        "\(target) has no \(kind.rawValue) layers; it has \(kinds.map(\.rawValue).joined(separator: ", "))"
    }
  }

  init(of graph: Graph, on target: Supported?) throws {
    let outline = try graph.outline()
    let shapes = try graph.shapes()
    name = graph.name
    input = "\(graph.inputShape)"
    input_layout = graph.imageInput?.layout.rawValue
    outputs = Dictionary(graph.outputs.map { ($0, "\(shapes[$0]!)") }) { first, _ in first }
    operations = outline.steps.map { step in
      var row = Operation(
        name: step.name, operation: step.operation, inputs: step.inputs.map(\.description),
        output: "\(step.output)", parameters: step.parameters, macs: step.multiplyAccumulates,
        quantizable: false)
      switch step.role {
      case .layer(let layer):
        row.quantizable = true
        row.kind = layer.kind
        row.no_cost = target?.reason(against: layer.kind)
        row.given_weight_bits = graph.givenWidths[step.name]?.weight
        row.given_activation_bits = graph.givenWidths[step.name]?.activation
      case .uncosted(let reason): row.no_cost = reason
      case .other: break
      }
      return row
    }
    tied_widths = TiedWidths(
      groups: graph.tiedWidthGroups().map { .init(layers: $0.layers, reasons: $0.reasons) })
    uniform_8_bit = try NetworkMemory(
      of: .uniform(.eight, layerCount: try graph.network(batch: 1).layers.count), in: graph, batch: 1)
    shared_weights = graph.sharedWeights
    parameters = operations.reduce(0) { $0 + $1.parameters }
    macs = operations.reduce(0) { $0 + $1.macs }
    quantizable_macs = operations.reduce(0) { $0 + ($1.quantizable ? $1.macs : 0) }
  }

  /// The tables for a terminal.
  var text: String {
    var table = TextTable([
      .init("operation"), .init("what"), .init("output"), .init("parameters", .right), .init("MACs", .right),
      .init("quantizable"),
    ])
    for row in operations {
      table.add([
        row.name, row.operation, row.output, row.parameters > 0 ? Quantity.count(row.parameters) : "",
        row.macs > 0 ? Quantity.count(row.macs) : "", Self.quantizable(row),
      ])
    }
    table.addRule()
    table.add(["total", "", "", Quantity.count(parameters), Quantity.count(macs), ""])
    let reasons = Dictionary(grouping: operations.filter { $0.no_cost != nil }) { $0.no_cost! }
      .sorted { $0.key < $1.key }
      .map { "Without cost, \($0.value.count) of \(operations.count) operations: \($0.key).\n" }
    let groups = tied_widths.groups.enumerated().map { index, group in
      "  \(index + 1). \(group.layers.joined(separator: ", "))\n     \(group.reasons.joined(separator: "; "))\n"
    }
    let ties =
      groups.isEmpty
      ? "" : "\nLayers that share the width of their inputs:\n" + groups.joined()
    return """
      \(name): \(input)\(input_layout == "nhwc" ? " (channels last)" : "") to \(outputs.sorted { $0.key < $1.key }.map { "\($0.value) (\($0.key))" }.joined(separator: ", ")). \
      MACs are of one sample.

      \(table.text)At 8 bit: \(uniform_8_bit.text).
      \(reasons.joined())\(ties)
      """
  }

  private static func quantizable(_ row: Operation) -> String {
    guard row.quantizable else { return row.no_cost == nil ? "" : "no" }
    guard row.given_weight_bits != nil || row.given_activation_bits != nil else { return "yes" }
    func bits(_ width: BitWidth?) -> String { width.map(\.description) ?? "float" }
    return "given W\(bits(row.given_weight_bits)) A\(bits(row.given_activation_bits))"
  }
}
