/// Weights stored as indices into a short list of values, their centroids.
///
/// Source: Han, Mao, Dally, "Deep Compression", ICLR 2016, section 3.
public struct Codebook: Hashable, Sendable {
  /// Ascending, and no more of them than weights.
  public let centroids: [Float]
  /// The position of each weight's centroid.
  public let indices: [Int32]

  /// The weights as they are stored.
  public var weights: [Float] { indices.map { centroids[Int($0)] } }

  /// How many weights share each centroid.
  public var counts: [Int] {
    indices.reduce(into: Array(repeating: 0, count: centroids.count)) { $0[Int($1)] += 1 }
  }
}
