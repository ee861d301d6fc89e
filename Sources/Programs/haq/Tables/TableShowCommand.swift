public import ArgumentParser
public import Core
import CostTables
import Diagnostics
import Rendering

/// `haq table show`: a table for people.
struct TableShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows what a table file holds.",
    discussion: """
      Without --layer, one line per layer with its cost at the narrowest, the middle and the widest precision. With
      --layer, all precisions of that layer.

      Examples:
        haq table show costs.csv
        haq table show costs.csv --layer features.0 --metric traffic_bytes
        haq table show haq.npy --unit cycles --clock-hz 200e6 --network mobilenet-v2 --batch 16
      """)

  @Argument(help: "The table: .csv, .json or .npy.")
  var file: String

  @OptionGroup var options: TableOptions

  @Option(help: "Show all precisions of one layer.")
  var layer: String?

  @Option(help: "Which cost: latency, energy, weight_bytes, traffic_bytes or buffer_bytes.")
  var metric = Metric.latency

  @OptionGroup var format: FormatOption

  func run() throws {
    let table = try options.table(file)
    guard table.metrics.contains(metric) else {
      throw Diagnostic(
        "the table has no \(metric.key); it has \(table.metrics.map(\.key).joined(separator: ", "))",
        at: .init(file: file))
    }
    let index = try layer.map { try table.network.position(ofLayer: $0) }
    try format.print(TableShowReport(table), text: index.map { grid($0, table) } ?? summary(of: table))
  }

  private func summary(of table: LookupTable) -> String {
    func middle(_ widths: [BitWidth]) -> [BitWidth] {
      [widths[0], widths[(widths.count - 1) / 2], widths[widths.count - 1]]
    }
    let precisions = zip(middle(table.weightWidths), middle(table.activationWidths))
      .map { Precision(weight: $0, activation: $1) }
    var text = TextTable(
      [.init("layer"), .init("shape"), .init("points", .right)]
        + precisions.map { .init("\($0)", .right) })
    for (index, layer) in table.network.layers.enumerated() {
      let points = table.cells.keys.count { $0.layer == index }
      text.add(
        [layer.name, LayerShape(layer).description, "\(points)"]
          + precisions.map { cell(index, $0, table) })
    }
    let missing = table.missingLayers
    let lacking = missing.isEmpty ? "" : "Missing layers: \(missing.joined(separator: ", ")).\n"
    return """
      \(table.cells.count) points of \(table.network.layers.count) layers, batch \(table.network.batch); \
      \(table.metrics.map(\.key).joined(separator: ", ")). Shown: \(metric.key).

      \(text.text)\(lacking)
      """
  }

  private func grid(_ layer: Int, _ table: LookupTable) -> String {
    var text = TextTable([.init("")] + table.activationWidths.map { .init("A\($0)", .right) })
    for weight in table.weightWidths {
      text.add(
        ["W\(weight)"]
          + table.activationWidths.map { cell(layer, Precision(weight: weight, activation: $0), table) })
    }
    let shape = table.network.layers[layer]
    return "\(shape.name): \(LayerShape(shape)), batch \(table.network.batch), \(metric.key)\n\n\(text.text)"
  }

  private func cell(_ layer: Int, _ precision: Precision, _ table: LookupTable) -> String {
    table.cost(metric, layer: layer, at: precision).map { Quantity.cost($0, metric) } ?? "-"
  }
}

/// `haq table show --format json`: the table itself.
private struct TableShowReport: Encodable {
  struct Row: Encodable {
    var layer: Int
    var name: String
    var weight_bits: BitWidth
    var activation_bits: BitWidth
    var cost: [Metric: Double]
  }

  var batch: Int
  var layers: Int
  var missing_layers: [String]
  var points: [Row]

  init(_ table: LookupTable) {
    batch = table.network.batch
    layers = table.network.layers.count
    missing_layers = table.missingLayers
    points = table.sortedPoints.map {
      Row(
        layer: $0.layer, name: table.network.layers[$0.layer].name, weight_bits: $0.precision.weight,
        activation_bits: $0.precision.activation, cost: table.cells[$0] ?? [:])
    }
  }
}

extension Network {
  /// Throws a `Diagnostic` for a name that no layer has.
  func position(ofLayer layer: String) throws -> Int {
    guard let position = index(ofLayer: layer) else {
      throw Diagnostic(
        "network \"\(name)\" has no layer \"\(layer)\"",
        hint: Suggestion.sentence(for: layer, among: layers.map(\.name))
          ?? "Its layers are \(layers.prefix(5).map(\.name).joined(separator: ", ")), ...")
    }
    return position
  }
}
