import Foundation
import Networks

/// Arithmetic of constants. Nil is a result that cannot be known for every batch, or shapes that do not fit.
extension FoldedTensor {
  /// One operation on floats and on integers.
  struct Binary: Sendable {
    var floats: @Sendable (Float, Float) -> Float
    var integers: @Sendable (Dimension, Dimension) -> Dimension?
    /// Whether the results are truth values.
    var compares = false

    static let add = Binary(floats: { $0 + $1 }, integers: { $0.adding($1) })
    static let subtract = Binary(floats: { $0 - $1 }, integers: { $0.subtracting($1) })
    static let multiply = Binary(floats: { $0 * $1 }, integers: { $0.multiplied(by: $1) })
    static let divide = Binary(floats: { $0 / $1 }, integers: { $0.divided(by: $1) })
    static let power = Binary(
      floats: { pow($0, $1) },
      integers: { base, exponent in
        guard let exponent = exponent.fixed, (0...62).contains(exponent) else { return nil }
        return (0..<exponent).reduce(Dimension(1)) { product, _ in product?.multiplied(by: base) }
      })
    static let minimum = Binary(
      floats: { min($0, $1) }, integers: { left, right in left.isLess(than: right).map { $0 ? left : right } }
    )
    static let maximum = Binary(
      floats: { max($0, $1) }, integers: { left, right in left.isLess(than: right).map { $0 ? right : left } }
    )
    static let equal = comparison({ $0 == $1 }, { $0.equals($1) })
    static let less = comparison({ $0 < $1 }, { $0.isLess(than: $1) })
    static let greater = comparison({ $0 > $1 }, { $1.isLess(than: $0) })
    static let lessOrEqual = comparison({ $0 <= $1 }, { $1.isLess(than: $0).map(!) })
    static let greaterOrEqual = comparison({ $0 >= $1 }, { $0.isLess(than: $1).map(!) })
    static let and = comparison({ $0 != 0 && $1 != 0 }, { $0.factor != 0 && $1.factor != 0 })
    static let or = comparison({ $0 != 0 || $1 != 0 }, { $0.factor != 0 || $1.factor != 0 })

    static func remainder(fmod: Bool) -> Binary {
      Binary(
        floats: { $0.truncatingRemainder(dividingBy: $1) },
        integers: { $0.remainder(dividingBy: $1, fmod: fmod) })
    }

    private static func comparison(
      _ floats: @escaping @Sendable (Float, Float) -> Bool,
      _ integers: @escaping @Sendable (Dimension, Dimension) -> Bool?
    ) -> Binary {
      Binary(
        floats: { floats($0, $1) ? 1 : 0 }, integers: { integers($0, $1).map { Dimension($0 ? 1 : 0) } },
        compares: true)
    }
  }

  /// The extents of two operands side by side, by the rules of NumPy.
  static func broadcast(_ left: [Int], _ right: [Int]) -> [Int]? {
    let rank = max(left.count, right.count)
    let (long, short) = (
      [Int](repeating: 1, count: rank - left.count) + left,
      [Int](repeating: 1, count: rank - right.count) + right
    )
    var result = long
    for axis in 0..<rank where long[axis] != short[axis] {
      guard long[axis] == 1 || short[axis] == 1 else { return nil }
      result[axis] = long[axis] == 1 ? short[axis] : long[axis]
    }
    return result
  }

  func applying(_ operation: Binary, _ other: FoldedTensor) throws -> FoldedTensor? {
    guard let extents = Self.broadcast(extents, other.extents),
      let left = try broadcast(to: extents), let right = try other.broadcast(to: extents)
    else { return nil }
    if let left = left.floats, let right = right.floats {
      guard operation.compares else {
        return try FoldedTensor(
          type: type, extents: extents, floats: zip(left, right).map(operation.floats), in: budget)
      }
      return try FoldedTensor(
        type: .boolean, extents: extents,
        integers: zip(left, right).map { Dimension(Int(operation.floats($0, $1))) }, in: budget)
    }
    guard let left = left.integers, let right = right.integers else { return nil }
    return try FoldedTensor.known {
      try FoldedTensor(
        type: operation.compares ? .boolean : type, extents: extents,
        integers: zip(left, right).map { left, right throws(Unknown) in
          guard let result = operation.integers(left, right) else { throw Unknown() }
          return result
        }, in: budget)
    }
  }

  func mapFloats(_ operation: (Float) -> Float) throws -> FoldedTensor? {
    guard let floats else { return nil }
    return try FoldedTensor(type: type, extents: extents, floats: floats.map(operation), in: budget)
  }

  func mapIntegers(_ operation: (Dimension) -> Dimension?) throws -> FoldedTensor? {
    guard let integers else { return nil }
    return try FoldedTensor.known {
      try FoldedTensor(
        type: type, extents: extents,
        integers: integers.map { integer throws(Unknown) in
          guard let result = operation(integer) else { throw Unknown() }
          return result
        }, in: budget)
    }
  }

  /// An element that depends on the batch in a way that is not supported, or is too large.
  struct Unknown: Error {}

  /// Nil where one of the elements is unknown.
  static func known(_ make: () throws -> FoldedTensor) throws -> FoldedTensor? {
    do { return try make() } catch is Unknown { return nil }
  }

  /// - Precondition: it holds floats.
  func scaled(by factor: Float) throws -> FoldedTensor {
    try moved(to: extents, { $0.map { $0 * factor } }, { $0 })
  }

  /// Element by element from `self` where the condition holds, else from `other`.
  func chosen(where condition: FoldedTensor, else other: FoldedTensor) throws -> FoldedTensor? {
    guard let inner = Self.broadcast(extents, other.extents),
      let extents = Self.broadcast(inner, condition.extents),
      let yes = try broadcast(to: extents), let no = try other.broadcast(to: extents),
      let flags = try condition.broadcast(to: extents)?.integers
    else { return nil }
    func choose<Element>(_ yes: [Element], _ no: [Element]) -> [Element] {
      flags.indices.map { flags[$0].factor != 0 ? yes[$0] : no[$0] }
    }
    if let yes = yes.floats, let no = no.floats {
      return try FoldedTensor(type: type, extents: extents, floats: choose(yes, no), in: budget)
    }
    guard let yes = yes.integers, let no = no.integers else { return nil }
    return try FoldedTensor(type: type, extents: extents, integers: choose(yes, no), in: budget)
  }

  func cast(to target: ONNXElementType) throws -> FoldedTensor? {
    func integers<Number>(
      _ list: [Number], _ operation: (Number) -> Int?
    ) throws -> FoldedTensor? {
      try FoldedTensor.known {
        var tensor = try FoldedTensor(
          type: target, extents: extents,
          integers: list.map { number throws(Unknown) in
            guard let integer = operation(number) else { throw Unknown() }
            return Dimension(integer)
          }, in: budget)
        (tensor.source, tensor.givenWidth) = (source, givenWidth)
        return tensor
      }
    }
    switch elements {
    case .floats(let floats) where target == .boolean: return try integers(floats) { $0 == 0 ? 0 : 1 }
    case .floats(let floats) where target.isShapeNumber:
      return try integers(floats) { Int(exactly: $0.rounded(.towardZero)) }
    case .integers(let list) where target == .boolean: return try integers(list) { $0.factor == 0 ? 0 : 1 }
    case .integers(let list) where !target.isShapeNumber:
      guard !list.contains(where: \.isPerSample) else { return nil }
      var tensor = try FoldedTensor(
        type: target, extents: extents, floats: list.map { Float($0.factor) }, in: budget)
      (tensor.source, tensor.givenWidth) = (source, givenWidth)
      return tensor
    default:
      var tensor = self
      tensor.type = target
      return tensor
    }
  }

  /// One number for all along `axes`; nil when they do not exist or the result depends on the batch.
  func reduced(_ kind: Reduction.Kind, axes: [Int], keepsAxes: Bool) throws -> FoldedTensor? {
    guard axes.allSatisfy(extents.indices.contains), floats != nil else { return nil }
    let kept = extents.indices.filter { !axes.contains($0) }
    let length = axes.reduce(1) { $0 * extents[$1] }
    guard length > 0, let rows = try transposed(kept + axes).floats else { return nil }
    let shape =
      keepsAxes ? extents.indices.map { axes.contains($0) ? 1 : extents[$0] } : kept.map { extents[$0] }
    return try FoldedTensor(
      type: type, extents: shape,
      floats: stride(from: 0, to: rows.count, by: length).map { kind(rows[$0..<$0 + length]) }, in: budget)
  }
}

extension Reduction.Kind {
  /// Of at least one number, in double precision.
  fileprivate func callAsFunction(_ row: ArraySlice<Float>) -> Float {
    switch self {
    case .mean: Float(row.reduce(0.0) { $0 + Double($1) } / Double(row.count))
    case .sum: Float(row.reduce(0.0) { $0 + Double($1) })
    case .maximum: row.max() ?? -.infinity
    case .minimum: row.min() ?? .infinity
    case .product: Float(row.reduce(1.0) { $0 * Double($1) })
    }
  }
}
