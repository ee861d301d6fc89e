import Diagnostics
import HardwareModel
import PrecisionSearch
import SpecLanguage

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
    guard space.contains(policy) else {
      throw Diagnostic("layers that read the same activations have different widths", at: .init(file: file))
    }
  }
}
