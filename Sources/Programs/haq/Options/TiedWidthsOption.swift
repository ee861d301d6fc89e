import ArgumentParser
import Core
import Diagnostics
import Networks
import PrecisionSearch
import Specs
import Terminal

/// `--tied-widths`: which layers share the width of their activations.
struct TiedWidthsOption: ParsableArguments {
  @Option(
    name: .customLong("tied-widths"),
    help: ArgumentHelp(
      "File that lists the layers that must share an activation width (docs/budgets.md). (default: groups found in the network's graph, "
        + "which haq network show prints)",
      valueName: "file"))
  var file: String?

  /// What the file says, else what the graph says; without one, nothing is tied.
  func resolve(_ graph: Graph?, for network: Network) throws -> TiedWidths {
    TiedWidths(try groups(graph, for: network).map(\.layers))
  }

  /// The groups with the reasons for them, which files lack.
  func groups(_ graph: Graph?, for network: Network) throws -> [(layers: [Int], reasons: [String])] {
    if let file {
      let read = try TiedWidthsDocument.read(
        try InputFile.read(file, limit: PositionedValue.sizeLimit), file: file)
      Messages.warn(read.warnings)
      return try read.document.positions(in: network).map { ($0, ["tied by \(file)"]) }
    }
    guard let graph else { return [] }
    return graph.tiedWidthGroups().map { group in
      (group.layers.compactMap(network.index(ofLayer:)), group.reasons)
    }
  }
}
