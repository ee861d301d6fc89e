public import Core
public import Diagnostics
public import Foundation
import Hashing
public import PrecisionSearch
import Specs

/// A policy file that a search begins with.
public struct WarmStart: Hashable, Sendable {
  /// What messages call it.
  public let file: String
  private let bytes: Data

  public init(file: String, bytes: Data) {
    self.file = file
    self.bytes = bytes
  }

  /// SHA-256 of the file, lower-case hex.
  public var sha256: String { bytes.sha256 }

  /// Throws `Diagnostics` when the policy is for other layers, or has precisions that the search may not choose.
  ///
  /// - Parameter warn: Gets the warnings from reading the file.
  public func policy(in space: SearchSpace, warn: ([Diagnostic]) -> Void) throws -> Policy {
    let read = try PolicyDocument.read(bytes, file: file)
    warn(read.warnings)
    let layers = read.document.layers
    let policy = try read.document.policy(for: space.table.network, file: file)
    let problems = zip(layers, policy.precisions).enumerated().compactMap { layer, entry in
      let legal = space.precisions(ofLayer: layer)
      return legal.contains(entry.1)
        ? nil
        : Diagnostic(
          "layer \"\(entry.0.name)\" is at \(entry.1), which this search may not choose; it may choose "
            + (legal.count == 1 ? "\(legal[0])" : "\(legal[0]) to \(legal[legal.count - 1])"),
          at: entry.0.place ?? .init(file: file))
    }
    guard problems.isEmpty else { throw Diagnostics(problems) }
    try requireTiedWidths(of: policy, layers, in: space)
    return policy
  }

  private func requireTiedWidths(
    of policy: Policy, _ layers: [PolicyDocument.Entry], in space: SearchSpace
  ) throws(Diagnostics) {
    let broken = space.tiedWidths.sets.filter { set in
      set.contains { policy[$0].activation != policy[set[0]].activation }
    }
    guard !broken.isEmpty else { return }
    throw Diagnostics(
      broken.map { set in
        let widths = set.map { "\"\(layers[$0].name)\" \(policy[$0].activation)" }
        return Diagnostic(
          "layers that share the width of their activations have several: \(widths.joined(separator: ", ")) bits",
          at: layers[set[0]].place ?? .init(file: file), hint: "Give all of them one activation width.")
      })
  }
}
