public import Core
public import Evaluation

/// What of a layer a width belongs to.
public enum Role: String, Hashable, Sendable, Codable, CaseIterable {
  case weight
  case activation
}

/// The precisions that a search may choose for each layer of a network, on one target or several at once.
public struct SearchSpace: Sendable {
  /// One for each target, all of the same layers.
  public let tables: [CostTable]
  /// The layers that are not searched.
  public let pinned: [Int: Precision]
  public let tiedWidths: TiedWidths
  /// That of the targets, mostly 8 bit: the pair that uniform policies are compared at.
  public let reference: Precision
  /// `reference`, or the pair that stands for it where targets round it up.
  let heldReference: Precision
  /// At what the rule of thumb holds the first and the last layer.
  let heldEnds: [Int: Precision]
  /// Whether nothing but 32-bit floats is on offer for activations, so that weights alone are searched.
  public let hasFloatActivations: Bool
  /// The legal pairs of the targets that the evaluator can measure, by weight and then activation width, ascending.
  let pairs: [Precision]
  /// The legal pairs that it cannot; nil when there are none.
  public let unmeasurable: UnmeasurablePairs?
  /// What each layer may have, by weight and then activation width, ascending; one for pinned layers.
  private let legal: [[Precision]]
  let outputs: OutputWidths
  let leastCosts = LeastCosts()

  /// Which layers keep a fixed precision.
  public enum Pinning: Hashable, Sendable {
    /// HAQ's rule; nil holds them at what the targets say, else at their reference, which is 8 bit in the paper.
    case firstAndLast(Precision?)
    case none
  }

  /// - Parameter measurable: What the evaluator can measure; legal pairs beyond it are not chosen.
  public init(
    _ table: CostTable, pinning: Pinning = .firstAndLast(nil),
    measurable: MeasurableWidths = .assumed, tiedWidths: TiedWidths = .none
  ) throws(PrecisionSearchError) {
    try self.init([table], pinning: pinning, measurable: measurable, tiedWidths: tiedWidths)
  }

  /// The legal pairs that all of several targets have.
  ///
  /// - Precondition: at least one table, and all of the same layers and connections.
  public init(
    _ tables: [CostTable], pinning: Pinning = .firstAndLast(nil),
    measurable: MeasurableWidths = .assumed, tiedWidths: TiedWidths = .none
  ) throws(PrecisionSearchError) {
    let layers = tables[0].network.layers
    precondition(tables.allSatisfy { $0.network.layers.map(\.name) == layers.map(\.name) })
    let reference = tables.reference
    let offered: [(Role, [BitWidth], measurable: [BitWidth])] = [
      (.weight, tables.shared(\.weightWidths), measurable.weights),
      (.activation, tables.shared(\.activationWidths), measurable.activations),
    ]
    for (role, widths, measurable) in offered where Set(widths).isDisjoint(with: measurable) {
      throw .noLegalWidth(role: role, available: widths)
    }
    let legalPairs = tables.legalPairs
    let all = legalPairs.filter(measurable.contains)
    let pinned = pinning.precisions(layerCount: layers.count, tables.ends).reduce(into: [:]) {
      $0[$1.key] = tables.held($1.key, at: $1.value, among: all)
    }
    var legal: [[Precision]] = []
    for (index, layer) in layers.enumerated() {
      let wanted = pinned[index].map { [$0] } ?? all
      let supported = wanted.filter { precision in
        tables.allow(precision, layer: index)
          && tables.allSatisfy { $0.supports(layer: index, at: precision) }
      }
      if let held = pinned[index], !measurable.contains(held) {
        throw .pinnedPrecisionUnmeasurable(layer: layer.name, held)
      }
      if supported.isEmpty {
        throw pinned[index].map { .pinnedPrecisionUnsupported(layer: layer.name, $0) }
          ?? .layerUnsupported(layer: layer.name)
      }
      legal.append(supported)
    }
    for set in tiedWidths.sets {
      let common = set.map { Set(legal[$0].map(\.activation)) }.reduce(
        Set(all.map(\.activation) + pinned.values.map(\.activation))
      ) {
        $0.intersection($1)
      }
      if common.isEmpty { throw .noCommonActivationWidth(layers: set.map { layers[$0].name }) }
      for layer in set { legal[layer].removeAll { !common.contains($0.activation) } }
    }
    self.tables = tables
    self.pinned = pinned
    self.tiedWidths = tiedWidths
    hasFloatActivations = tables.shared(\.activationWidths) == [.float]
    self.reference = reference
    let heldReference = tables.held(at: reference, among: all)
    self.heldReference = heldReference
    heldEnds = Pinning.firstAndLast(nil).precisions(layerCount: layers.count, tables.ends).reduce(into: [:]) {
      $0[$1.key] = $1.value == reference ? heldReference : tables.held($1.key, at: $1.value, among: all)
    }
    pairs = all
    unmeasurable = UnmeasurablePairs(legalPairs, measurable)
    self.legal = legal
    outputs = OutputWidths(of: tables, legal: legal)
  }

  /// That of the only or first target.
  public var table: CostTable { tables[0] }

  public var layerCount: Int { legal.count }

  /// The pair that relative budgets on a target are shares of.
  public func reference(ofTarget target: Int) -> Precision {
    tables.allSatisfy { $0.widthRules.reference == nil } ? reference : tables[target].reference
  }

  /// The precisions that `layer` may have, by weight and then activation width, ascending.
  public func precisions(ofLayer layer: Int) -> [Precision] { legal[layer] }

  /// The weight widths that `layer` may have, ascending.
  public func weightWidths(ofLayer layer: Int) -> [BitWidth] {
    Set(legal[layer].map(\.weight)).sorted()
  }

  /// The activation widths that `layer` may have beside weights of `weight`, ascending.
  public func activationWidths(ofLayer layer: Int, besideWeights weight: BitWidth) -> [BitWidth] {
    legal[layer].filter { $0.weight == weight }.map(\.activation).sorted()
  }

  /// The weight widths that `layer` may have beside activations of `activation`, ascending.
  func weightWidths(ofLayer layer: Int, besideActivations activation: BitWidth) -> [BitWidth] {
    legal[layer].filter { $0.activation == activation }.map(\.weight).sorted()
  }

  /// The widths of one role that `layer` may have beside some width of the other, ascending.
  func widths(ofLayer layer: Int, _ role: Role) -> [BitWidth] {
    Set(legal[layer].map { role == .weight ? $0.weight : $0.activation }).sorted()
  }

  /// Whether every layer of `policy` has a precision of this space, and tied layers one activation width.
  public func contains(_ policy: Policy) -> Bool {
    policy.precisions.count == layerCount && zip(legal, policy.precisions).allSatisfy { $0.contains($1) }
      && tiedWidths.sets.allSatisfy { Set($0.map { policy[$0].activation }).count == 1 }
  }

  /// `precision` everywhere but in pinned layers, and in the activations that are tied to theirs; nil when the
  /// space does not contain that.
  public func uniform(_ precision: Precision) -> Policy? { uniform(precision, holding: pinned) }

  /// The same with `held` in place of the pinned layers.
  func uniform(_ precision: Precision, holding held: [Int: Precision]) -> Policy? {
    var policy = Policy.uniform(precision, layerCount: layerCount, pinned: held)
    for set in tiedWidths.sets {
      guard let first = set.compactMap({ held[$0] }).first else { continue }
      for layer in set {
        policy[layer] = Precision(weight: policy[layer].weight, activation: first.activation)
      }
    }
    return contains(policy) ? policy : nil
  }

  /// `policy` with `layer` at `precision`, and the layers tied to it at its activation width.
  ///
  /// Where a tied layer cannot have that beside its weights, these take the next format that goes with it and that they
  /// cover, else the next in the order of listing, else the lowest.
  func setting(_ layer: Int, to precision: Precision, in policy: Policy) -> Policy {
    var policy = policy
    policy[layer] = precision
    for other in tiedWidths.layers(with: layer) where other != layer {
      let widths = weightWidths(ofLayer: other, besideActivations: precision.activation)
      let weight = policy[other].weight
      policy[other] = Precision(
        weight: widths.last(where: weight.covers) ?? widths.last { $0 <= weight } ?? widths[0],
        activation: precision.activation)
    }
    return policy
  }
}

extension SearchSpace.Pinning {
  func precisions(
    layerCount: Int, _ ends: (first: Precision, last: Precision)
  ) -> [Int: Precision] {
    switch self {
    case .firstAndLast(let precision):
      // The first may be the last, too, and is held as the last then: what it gives are scores.
      layerCount == 0
        ? [:] : [0: precision ?? ends.first].merging([layerCount - 1: precision ?? ends.last]) { $1 }
    case .none: [:]
    }
  }
}
