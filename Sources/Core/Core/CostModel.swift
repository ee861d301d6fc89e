/// Anything that can say what layers cost: a plugin, a table, a bare function.
///
/// A model is bound to one target. It is asked once per network for all points, so a
/// call may cross a process boundary without slowing the search.
public protocol CostModel: Sendable {
  /// The outcome of every point, in the order of `points`.
  ///
  /// Throws when the model as a whole fails; a single point that the target cannot run
  /// is `.unsupported` or `.doesNotFit`, not an error.
  func outcomes(of points: [Point], in network: Network) throws -> [PointOutcome]
}
