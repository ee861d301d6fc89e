/// A length of a value, or a number computed from lengths: fixed, or in proportion to the batch.
///
/// A network is described for any batch: the input of an image network is `N x 3 x 224 x 224`, and
/// the windows of a Swin transformer are `64N x 49 x 96`.
public struct Dimension: Hashable, Sendable {
  /// The number; when `isPerSample`, the number for each sample of the batch.
  public var factor: Int
  public var isPerSample: Bool

  /// A number that the batch does not change.
  public init(_ number: Int) { (factor, isPerSample) = (number, false) }

  /// `factor` for each sample of the batch.
  public static func perSample(_ factor: Int) -> Dimension {
    var dimension = Dimension(factor)
    dimension.isPerSample = true
    return dimension
  }

  /// The number of samples.
  public static let batch = perSample(1)

  /// The number at a batch.
  public func at(batch: Int) -> Int { isPerSample ? factor * batch : factor }

  /// The number, when the batch does not change it.
  public var fixed: Int? { isPerSample ? nil : factor }
}

extension Dimension: CustomStringConvertible {
  /// `49`, `N` or `49N`.
  public var description: String {
    guard isPerSample else { return "\(factor)" }
    return factor == 1 ? "N" : "\(factor)N"
  }
}
