import ArgumentParser
import Core
import CostTables
import Diagnostics
import Documents

/// `haq table show`: a table for people.
struct TableShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows the costs in a table.",
    discussion: """
      Without --layer, each line has a layer and its cost at the narrowest, the middle and the widest precision. With \
      --layer, each line has a precision of that layer.

      Examples:
        haq table show costs.csv
        haq table show costs.csv --layer block2.expand --metric traffic_bytes
        haq table show haq.npy --unit cycles --clock-hz 200e6 --network mobilenet-v2 --batch 16
      """)

  @Argument(help: "Table to show: .csv, .json or .npy.")
  var file: String

  @OptionGroup var options: TableOptions

  @Option(help: ArgumentHelp("Show all precisions of this layer.", valueName: "layer"))
  var layer: String?

  @OptionGroup var cost: MetricOption
  private var metric: Metric { cost.metric }

  @OptionGroup var format: FormatOption

  func run() throws {
    let table = try options.table(file)
    guard table.metrics.contains(metric) else {
      throw Diagnostic(
        "the table has no \(metric.key); it has \(table.metrics.map(\.key).joined(separator: ", "))",
        at: .init(file: file))
    }
    let index = try layer.map { try table.network.position(ofLayer: $0) }
    let document = TablePointsDocument(table)
    try format.print(
      document, text: index.map { document.text(of: metric, layer: $0) } ?? document.text(of: metric))
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
