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

  /// Whether costs depend on the width at which a layer's output is stored (`Point.output`), so that it must be asked
  /// about each. Other models are asked about points that do not state it.
  var usesOutputWidths: Bool { get }

  /// How the errors of two layers of a network go together, 0 to 1, for costs that state deviations.
  var errorCorrelation: Double { get }

  /// The standard deviation of the logarithm of a network's latency that has nothing to do with single layers; 0 for costs
  /// of layers alone.
  var networkDeviation: Double { get }
}

extension CostModel {
  public var usesOutputWidths: Bool { false }
  public var errorCorrelation: Double { 0 }
  public var networkDeviation: Double { 0 }
}
