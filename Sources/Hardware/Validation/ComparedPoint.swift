public import Core

/// One cost that was both predicted and measured.
public struct ComparedPoint: Hashable, Sendable {
  public var point: Point
  /// SI units, for the whole batch.
  public var predicted: Double
  /// The same unit; > 0.
  public var measured: Double
  public var kind: Layer.Kind
  /// What the target says that the layer waits for.
  public var bound: Breakdown.Bound?
  /// Whether a policy of one precision leads to the point; otherwise its output has another width.
  public var isUniform: Bool
  /// The standard deviation of the logarithm of the prediction; nil where the target does not say how sure it is.
  public var deviation: Double?

  public init(
    point: Point, predicted: Double, measured: Double, kind: Layer.Kind, bound: Breakdown.Bound? = nil,
    isUniform: Bool = true, deviation: Double? = nil
  ) {
    self.deviation = deviation
    self.point = point
    self.predicted = predicted
    self.measured = measured
    self.kind = kind
    self.bound = bound
    self.isUniform = isUniform
  }

  /// (predicted - measured) / measured
  public var relativeError: Double { (predicted - measured) / measured }
}
