import Core
import Diagnostics
import PrecisionSearch
import Specs

/// A policy file that a search begins with.
struct WarmStart {
  let policy: Policy

  /// Throws `Diagnostics` when the policy is for other layers, or has precisions that the search may not choose.
  init(file: String, in space: SearchSpace) throws {
    let read = try PolicyDocument.read(try InputFile.read(file), file: file)
    Failure.warn(read.warnings)
    policy = try read.document.policy(for: space.table.network, file: file)
    let problems = zip(read.document.layers, policy.precisions).enumerated().compactMap { layer, entry in
      let legal = space.precisions(ofLayer: layer)
      return legal.contains(entry.1)
        ? nil
        : Diagnostic(
          "layer \"\(entry.0.name)\" is at \(entry.1), which this search may not choose; it may choose "
            + (legal.count == 1 ? "\(legal[0])" : "\(legal[0]) to \(legal[legal.count - 1])"),
          at: entry.0.place ?? .init(file: file))
    }
    guard problems.isEmpty else { throw Diagnostics(problems) }
    let entries = read.document.layers
    let broken = space.tiedWidths.sets.filter { set in
      set.contains { policy[$0].activation != policy[set[0]].activation }
    }
    guard broken.isEmpty else {
      throw Diagnostics(
        broken.map { set in
          let widths = set.map { "\"\(entries[$0].name)\" \(policy[$0].activation)" }
          return Diagnostic(
            "layers that share the width of their activations have several: \(widths.joined(separator: ", ")) bits",
            at: entries[set[0]].place ?? .init(file: file), hint: "Give all of them one activation width.")
        })
    }
  }
}
