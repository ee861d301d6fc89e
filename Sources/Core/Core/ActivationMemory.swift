/// The activations that a network keeps while it runs: which values are alive together, and which layers settle their
/// widths.
///
/// What is needed in the end is the largest of several sums: `Metric.peakActivationBytes`.
public struct ActivationMemory: Hashable, Sendable, Codable {
  /// One stored value.
  public struct Value: Hashable, Sendable, Codable {
    /// Of the whole batch.
    public var elements: Int
    /// Positions of the layers that read the value, ascending: it is stored in the one of their activation formats that
    /// covers the others. None where it stays in 32-bit floats.
    public var layers: [Int]

    public init(elements: Int, layers: [Int]) {
      self.elements = elements
      self.layers = layers
    }

    /// Rounded up to whole bytes; blocks that share a scale are counted as in one row.
    public func bytes(at width: BitWidth) -> Int { (width.bits(rows: 1, rowLength: elements) + 7) / 8 }

    /// - Precondition: the policy has a precision for each layer.
    public func bytes(_ policy: Policy) -> Int { bytes(at: width(policy)) }

    private func width(_ policy: Policy) -> BitWidth { .stored(for: layers.map { policy[$0].activation }) }
  }

  public let values: [Value]
  /// The positions of the values that are alive together, for each point in time; none is a part of another.
  public let liveSets: [Set<Int>]

  /// The names in the cost tables that studies keep, which older versions wrote.
  private enum CodingKeys: String, CodingKey {
    case values
    case liveSets = "moments"
  }

  /// - Parameter liveSets: those that lie within others are left out.
  public init(values: [Value], liveSets: [Set<Int>]) {
    self.values = values
    var kept: [Set<Int>] = []
    for liveSet in liveSets.sorted(by: { ($0.count, $1.min() ?? 0) > ($1.count, $0.min() ?? 0) })
    where !kept.contains(where: liveSet.isSubset) {
      kept.append(liveSet)
    }
    self.liveSets = kept
  }

  /// The most bytes that are alive at once.
  ///
  /// - Precondition: the policy has a precision for each layer.
  public func peak(_ policy: Policy) -> Int { liveSets.map { bytes($0, policy) }.max() ?? 0 }

  /// The bytes of one live set.
  public func bytes(_ liveSet: Set<Int>, _ policy: Policy) -> Int {
    liveSet.reduce(0) { $0 + values[$1].bytes(policy) }
  }

  /// The bytes of all values whose width `layer` has a part in, at its own.
  public func bytes(ofLayer layer: Int, at width: BitWidth) -> Int {
    values.reduce(0) { $0 + ($1.layers.contains(layer) ? $1.bytes(at: width) : 0) }
  }
}
