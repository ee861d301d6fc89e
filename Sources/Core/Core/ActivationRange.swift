/// What range the integers of activations that take both signs have.
///
/// Activations that are never negative go from zero to their clip either way.
public enum ActivationRange: String, Hashable, Sendable, Codable, CaseIterable {
  /// From minus the clip to the clip; the zero point is 0.
  case symmetric
  /// From a lower to an upper clip, with a zero point.
  case asymmetric
}
