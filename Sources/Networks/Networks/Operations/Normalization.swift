/// Normalisation over channels of neighbouring numbers, as AlexNet has it (Krizhevsky et al., NIPS 2012, section 3.3).
public struct LocalResponse: Hashable, Sendable {
  public var size: Int
  public var alpha: Float
  public var beta: Float
  public var bias: Float

  public init(size: Int, alpha: Float, beta: Float, bias: Float) {
    (self.size, self.alpha, self.beta, self.bias) = (size, alpha, beta, bias)
  }
}

enum Normalization {
  /// Scale and shift of each channel.
  static func scaleAndShift(_ operands: Operands) throws -> TensorShape {
    try operands.check(count: 3...3)
    guard operands.first.sample?.isEmpty == false else {
      throw operands.illegal(expected: "batch and channels as the first axes")
    }
    for (shape, what) in zip(operands.shapes.dropFirst(), ["scale", "shift"])
    where shape != .constant([operands.channels]) {
      throw operands.illegal("a \(what) of \(shape)", expected: "\(operands.channels), one for each channel")
    }
    return operands.first
  }

  /// Zero mean and unit deviation over the axes from `axis` on; reads a scale and perhaps a shift.
  static func layer(axis: Int, _ operands: Operands) throws -> TensorShape {
    try operands.check(count: 2...3)
    try operands.check(axis: axis)
    let normalized = TensorShape(Array(operands.first.dimensions[axis...]))
    for shape in operands.shapes.dropFirst() where shape != normalized || shape.isPerSample {
      throw operands.illegal("a scale or shift of \(shape)", expected: "\(normalized)")
    }
    return operands.first
  }

  static func localResponse(_ response: LocalResponse, _ operands: Operands) throws -> TensorShape {
    try operands.check(count: 1...1)
    _ = try operands.spatialExtents()
    try operands.checkExtent(response.size, "size")
    return operands.first
  }
}
