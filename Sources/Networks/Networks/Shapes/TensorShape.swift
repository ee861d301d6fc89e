/// The dimensions of a value, the batch among them.
public struct TensorShape: Hashable, Sendable {
  public var dimensions: [Dimension]

  public init(_ dimensions: [Dimension]) { self.dimensions = dimensions }

  /// A map of each sample: batch x channels x height x width.
  public init(channels: Int, height: Int, width: Int) {
    self.init([.batch, Dimension(channels), Dimension(height), Dimension(width)])
  }

  /// A vector of each sample: batch x length.
  public static func vector(_ length: Int) -> TensorShape { TensorShape([.batch, Dimension(length)]) }

  /// A constant, which has no batch.
  public static func constant(_ extents: [Int]) -> TensorShape { TensorShape(extents.map(Dimension.init)) }

  public var rank: Int { dimensions.count }

  /// Elements of one sample, or of all when the batch does not change them.
  ///
  /// - Precondition: the shape is legal.
  public var count: Int { dimensions.reduce(1) { $0 * $1.factor } }

  /// Whether the numbers differ between samples.
  public var isPerSample: Bool { dimensions.contains(where: \.isPerSample) }

  /// The extents at a batch.
  public func extents(batch: Int) -> [Int] { dimensions.map { $0.at(batch: batch) } }

  /// The extents after the batch, when the batch is the first dimension and the only one that has to do with it.
  public var sample: [Int]? {
    guard dimensions.first == .batch else { return nil }
    let rest = dimensions.dropFirst().compactMap(\.fixed)
    return rest.count == rank - 1 ? rest : nil
  }

  /// Whether this is batch x channels x height x width.
  public var isMap: Bool { rank == 4 && sample != nil }
}

extension TensorShape {
  /// The most dimensions that a value may have.
  package static let largestRank = 12

  /// Whether the dimensions are positive, at most one has the batch in it, and their product can be counted.
  package var isLegal: Bool {
    guard rank <= Self.largestRank, dimensions.count(where: \.isPerSample) <= 1 else { return false }
    var room = Graph.largestCount
    for dimension in dimensions {
      guard dimension.factor > 0, dimension.factor <= room else { return false }
      room /= dimension.factor
    }
    return true
  }
}

extension TensorShape: CustomStringConvertible {
  /// `Nx32x112x112`; a single number has the shape `()`.
  public var description: String {
    dimensions.isEmpty ? "()" : dimensions.map(\.description).joined(separator: "x")
  }
}
