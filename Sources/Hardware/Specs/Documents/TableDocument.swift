public import Core
public import Diagnostics
public import Foundation

/// A cost table as JSON: layers, widths and one array per metric; the format is `docs/table.md` section 3.
public struct TableDocument: Hashable, Sendable {
  public var network: NetworkDocument
  /// Ascending.
  public var weightWidths: [BitWidth]
  public var activationWidths: [BitWidth]
  /// By title, such as `latency_s` or `cycles`: `[layer][weight width][activation width]`; nil is no cost.
  public var columns: [String: [[[Double?]]]]
  /// The places of the numbers of a column, in the same form.
  public var places: [String: [[[Diagnostic.Place]]]] = [:]

  public init(
    network: NetworkDocument, weightWidths: [BitWidth], activationWidths: [BitWidth],
    columns: [String: [[[Double?]]]]
  ) {
    self.network = network
    self.weightWidths = weightWidths
    self.activationWidths = activationWidths
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
      let weights = reader.required("weight_bits", .widths)
      let activations = reader.required("activation_bits", .widths)
      guard let layers, let weights, let activations else {
        reader.acceptAllKeys()
        return nil
      }
      let shape = [layers.count, weights.count, activations.count]
      let costs = reader.required("costs", columnsForm(shape: shape))
      guard let name, let batch, let costs else { return nil }
      var document = TableDocument(
        network: NetworkDocument(name: name, batch: batch, layers: layers), weightWidths: weights,
        activationWidths: activations, columns: costs.mapValues { $0.map { $0.map { $0.map(\.number) } } })
      document.places = costs.mapValues { $0.map { $0.map { $0.map(\.place) } } }
      return document
    }
    return (read.value, read.warnings)
  }

  private struct Cell {
    var number: Double?
    var place: Diagnostic.Place
  }

  private static func columnsForm(shape: [Int]) -> Form<[String: [[[Cell]]]]> {
    Form<[String: [[[Cell]]]]>.object { reader in
      var columns: [String: [[[Cell]]]] = [:]
      var isComplete = true
      let form = Form.list(
        of: .list(of: .list(of: cell, count: shape[2]...shape[2]), count: shape[1]...shape[1]),
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
        (title, .list(layers.map { .list($0.map { .list($0.map { $0.map(JSONText.number) ?? .null }) }) }))
      }
    }
    return JSONText.object([
      ("schema", .text(SchemaVersion.table.text)), ("network", .text(network.name)),
      ("batch", .integer(network.batch ?? 1)), ("layers", .list(network.layers.map(NetworkDocument.written))),
      ("weight_bits", .inline(weightWidths.map { .integer($0.bits) })),
      ("activation_bits", .inline(activationWidths.map { .integer($0.bits) })), ("costs", .object(cells)),
    ]).document
  }
}
