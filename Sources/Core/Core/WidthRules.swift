/// Which of its formats a target takes together, and what it does with those that it does not have.
public struct WidthRules: Hashable, Sendable, Codable {
  public var pairs: Pairs
  public var otherWidths: OtherWidths
  /// What each kind of layer takes of `pairs`, where kinds differ; nil where all take all.
  public var pairsOfKinds: [PairsOfKind]?
  /// The pair that relative budgets are shares of, where the spec states one.
  public var reference: Precision?
  /// The pairs at which a search holds the first and the last layer, where the spec states others than the reference.
  public var ends: Ends?

  /// Which weight formats go with which activation formats.
  public enum Pairs: Hashable, Sendable, Codable {
    case all
    /// Weights as wide as activations, as arithmetic units for one data type have it.
    case equal
    case listed(Set<Precision>)

    /// Whether the formats of `precision` go together, provided that the target has both.
    public func allows(_ precision: Precision) -> Bool {
      switch self {
      case .all: true
      case .equal: precision.weight == precision.activation
      case .listed(let pairs): pairs.contains(precision)
      }
    }
  }

  /// The pairs of the first and the last layer; nil where one has the reference.
  public struct Ends: Hashable, Sendable, Codable {
    public var first: Precision?
    public var last: Precision?

    public init(first: Precision?, last: Precision?) {
      self.first = first
      self.last = last
    }
  }

  /// The legal pairs of one kind of layer.
  public struct PairsOfKind: Hashable, Sendable, Codable {
    public var kind: Layer.Kind
    public var pairs: Set<Precision>

    public init(kind: Layer.Kind, pairs: Set<Precision>) {
      self.kind = kind
      self.pairs = pairs
    }
  }

  /// What happens to a format that is not legal.
  public enum OtherWidths: String, Hashable, Sendable, Codable, CaseIterable {
    /// It is an error.
    case reject
    /// It is stored and computed in the next legal format, and costed as that; reports say so.
    case roundUp = "round-up"
  }

  /// - Parameter pairs: `.all` and `.reject` are what most targets do.
  public init(
    pairs: Pairs = .all, otherWidths: OtherWidths = .reject, pairsOfKinds: [PairsOfKind]? = nil,
    reference: Precision? = nil, ends: Ends? = nil
  ) {
    self.pairs = pairs
    self.otherWidths = otherWidths
    self.pairsOfKinds = pairsOfKinds
    self.reference = reference
    self.ends = ends
  }

  /// Whether a layer of this kind takes the formats of `precision` together, provided that the target has both.
  ///
  /// A transposed convolution is costed as a convolution where the target has no pairs for it.
  public func allows(_ precision: Precision, for kind: Layer.Kind) -> Bool {
    guard pairs.allows(precision) else { return false }
    let own = pairsOfKinds?.first { $0.kind == kind }
    let used = own ?? (kind == .transposedConvolution ? pairsOfKinds?.first { $0.kind == .convolution } : nil)
    return used?.pairs.contains(precision) ?? true
  }

  /// What a layer at `precision` is costed as: itself where it is legal; else, on a target that rounds up, the
  /// legal pair that covers both and has the fewest bits, scales included, then the fewest weight bits. Nil when
  /// there is none.
  public func costedAs(
    _ precision: Precision, for kind: Layer.Kind, weightWidths: [BitWidth], activationWidths: [BitWidth]
  ) -> Precision? {
    if weightWidths.contains(precision.weight), activationWidths.contains(precision.activation),
      allows(precision, for: kind)
    {
      return precision
    }
    guard otherWidths == .roundUp else { return nil }
    let wider = weightWidths.filter { $0.covers(precision.weight) }.flatMap { weight in
      activationWidths.filter { $0.covers(precision.activation) }
        .map { Precision(weight: weight, activation: $0) }
    }
    return wider.filter { allows($0, for: kind) }.min {
      ($0.bitsPerElements, $0.weight, $0.activation) < ($1.bitsPerElements, $1.weight, $1.activation)
    }
  }
}
