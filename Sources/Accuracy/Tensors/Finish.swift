import CTorch

/// What follows a layer and can be done while its results are in the cache: a clamp, then a rounding.
package struct Finish: Hashable, Sendable {
  /// Nil for no clamp.
  package var clamp: ClosedRange<Float>?
  /// Nil for no rounding.
  package var rounding: Rounding?

  /// To multiples of a scale: `scale * clamp(round(x / scale), quantizedRange)`, ties to even.
  package struct Rounding: Hashable, Sendable {
    package var scale: Float
    package var quantizedRange: ClosedRange<Float>

    /// - Precondition: the scale is above zero.
    package init(scale: Float, quantizedRange: ClosedRange<Float>) {
      precondition(scale > 0)
      (self.scale, self.quantizedRange) = (scale, quantizedRange)
    }
  }

  package init(clamp: ClosedRange<Float>? = nil, rounding: Rounding? = nil) {
    (self.clamp, self.rounding) = (clamp, rounding)
  }

  package static let none = Finish()

  var asC: ctorch_finish {
    ctorch_finish(
      lowest: clamp?.lowerBound ?? -.infinity, highest: clamp?.upperBound ?? .infinity,
      scale: rounding?.scale ?? 0, lowest_integer: rounding?.quantizedRange.lowerBound ?? 0,
      highest_integer: rounding?.quantizedRange.upperBound ?? 0)
  }
}

extension Tensor {
  /// The same numbers finished, in passes of their own.
  ///
  /// - Parameter overwriting: changes this tensor's memory, which must have no other reader.
  package func finished(_ finish: Finish, overwriting: Bool) throws(TorchError) -> Tensor {
    var value = self
    if let clamp = finish.clamp {
      value = try clamped(from: clamp.lowerBound, to: clamp.upperBound, overwriting: overwriting)
    }
    guard let rounding = finish.rounding else { return value }
    return try value.fakeQuantized(scale: rounding.scale, quantizedRange: rounding.quantizedRange)
  }
}
