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

  func applying(_ operation: Binary, _ other: FoldedTensor) -> FoldedTensor? {
    guard let extents = Self.broadcast(extents, other.extents),
      let left = broadcast(to: extents), let right = other.broadcast(to: extents)
    else { return nil }
    if let left = left.floats, let right = right.floats {
      let results = zip(left, right).map(operation.floats)
      return operation.compares
        ? FoldedTensor(
          type: .boolean, extents: extents, elements: .integers(results.map { Dimension(Int($0)) }))
        : FoldedTensor(type: type, extents: extents, elements: .floats(results))
    }
    guard let left = left.integers, let right = right.integers else { return nil }
    var results: [Dimension] = []
    results.reserveCapacity(left.count)
    for (left, right) in zip(left, right) {
      guard let result = operation.integers(left, right) else { return nil }
      results.append(result)
    }
    return FoldedTensor(
      type: operation.compares ? .boolean : type, extents: extents, elements: .integers(results))
  }

  func mapFloats(_ operation: (Float) -> Float) -> FoldedTensor? {
    guard let floats else { return nil }
    return FoldedTensor(type: type, extents: extents, elements: .floats(floats.map(operation)))
  }

  func mapIntegers(_ operation: (Dimension) -> Dimension?) -> FoldedTensor? {
    guard let integers else { return nil }
    let results = integers.compactMap(operation)
    guard results.count == integers.count else { return nil }
    return FoldedTensor(type: type, extents: extents, elements: .integers(results))
  }

  /// Element by element from `self` where the condition holds, else from `other`.
  func chosen(where condition: FoldedTensor, else other: FoldedTensor) -> FoldedTensor? {
    guard let inner = Self.broadcast(extents, other.extents),
      let extents = Self.broadcast(inner, condition.extents),
      let yes = broadcast(to: extents), let no = other.broadcast(to: extents),
      let flags = condition.broadcast(to: extents)?.integers
    else { return nil }
    func choose<Element>(_ yes: [Element], _ no: [Element]) -> [Element] {
      flags.indices.map { flags[$0].factor != 0 ? yes[$0] : no[$0] }
    }
    if let yes = yes.floats, let no = no.floats {
      return FoldedTensor(type: type, extents: extents, elements: .floats(choose(yes, no)))
    }
    guard let yes = yes.integers, let no = no.integers else { return nil }
    return FoldedTensor(type: type, extents: extents, elements: .integers(choose(yes, no)))
  }

  func cast(to target: ONNXElementType) -> FoldedTensor? {
    var tensor = self
    tensor.type = target
    switch elements {
    case .floats(let floats) where target == .boolean:
      tensor.elements = .integers(floats.map { Dimension($0 == 0 ? 0 : 1) })
    case .floats(let floats) where target.isShapeNumber:
      let numbers = floats.compactMap { Int(exactly: $0.rounded(.towardZero)) }
      guard numbers.count == floats.count else { return nil }
      tensor.elements = .integers(numbers.map { Dimension($0) })
    case .integers(let integers) where target == .boolean:
      tensor.elements = .integers(integers.map { Dimension($0.factor == 0 ? 0 : 1) })
    case .integers(let integers) where !target.isShapeNumber:
      let numbers = integers.compactMap(\.fixed)
      guard numbers.count == integers.count else { return nil }
      tensor.elements = .floats(numbers.map { Float($0) })
    default: break
    }
    return tensor
  }

  /// One number for all along `axes`; nil when they do not exist or the result depends on the batch.
  func reduced(_ kind: Reduction.Kind, axes: [Int], keepsAxes: Bool) -> FoldedTensor? {
    guard axes.allSatisfy(extents.indices.contains), let floats else { return nil }
    let kept = extents.indices.filter { !axes.contains($0) }
    let order = kept + axes
    let length = axes.reduce(1) { $0 * extents[$1] }
    guard length > 0 else { return nil }
    let rows = FoldedTensor(type: type, extents: extents, elements: .floats(floats)).transposed(order).floats!
    let results = stride(from: 0, to: rows.count, by: length).map { start -> Float in
      let row = rows[start..<start + length].map(Double.init)
      return switch kind {
      case .mean: Float(row.reduce(0, +) / Double(length))
      case .sum: Float(row.reduce(0, +))
      case .maximum: Float(row.max()!)
      case .minimum: Float(row.min()!)
      case .product: Float(row.reduce(1, *))
      }
    }
    let shape =
      keepsAxes ? extents.indices.map { axes.contains($0) ? 1 : extents[$0] } : kept.map { extents[$0] }
    return FoldedTensor(type: type, extents: shape, elements: .floats(results))
  }
}
