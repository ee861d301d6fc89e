public import Core

/// How the quantizers of activations are chosen.
public struct ActivationRule: Hashable, Sendable {
  public var clipping: ClippingRule
  /// Of integers of both signs.
  public var range: ActivationRange

  public init(clipping: ClippingRule = .kullbackLeibler, range: ActivationRange = .symmetric) {
    (self.clipping, self.range) = (clipping, range)
  }
}
