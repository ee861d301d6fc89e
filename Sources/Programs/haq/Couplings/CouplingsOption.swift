import ArgumentParser
import Core
import Diagnostics
import Networks
import PrecisionSearch
import Specs

/// `--couplings`: which layers share the width of their activations.
struct CouplingsOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A file that says which layers share the width of their activations, instead of what the network's graph "
        + "tells. (docs/search.md; haq network show --format json writes the groups that were found)",
      valueName: "file"))
  var couplings: String?

  /// What the file says, else what the graph tells; without one, nothing is coupled.
  func resolve(_ graph: Graph?, for network: Network) throws -> Couplings {
    Couplings(try groups(graph, for: network).map(\.layers))
  }

  /// The groups with the reasons for them, which files lack.
  func groups(_ graph: Graph?, for network: Network) throws -> [(layers: [Int], reasons: [String])] {
    if let couplings {
      let read = try CouplingsDocument.read(try InputFile.read(couplings), file: couplings)
      Failure.warn(read.warnings)
      return try read.document.positions(in: network).map { ($0, ["coupled by \(couplings)"]) }
    }
    guard let graph else { return [] }
    return graph.couplingGroups().map { group in
      (group.layers.compactMap(network.index(ofLayer:)), group.reasons)
    }
  }
}
