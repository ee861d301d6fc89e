/// A cost model's answer for one point.
public enum PointOutcome: Hashable, Sendable {
  case cost(Cost)
  /// The target does not model this layer kind or width.
  case unsupported
  /// The layer at this precision exceeds an on-chip resource.
  case doesNotFit
}
