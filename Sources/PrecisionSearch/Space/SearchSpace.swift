public import HardwareModel

/// The precisions that a search may choose for each layer of one cost table.
public struct SearchSpace: Sendable {
  public let table: CostTable
  /// The layers that are not searched.
  public let pinned: [Int: Precision]
  /// What each layer may have, by weight and then activation width, ascending; one for pinned layers.
  private let legal: [[Precision]]

  /// Which layers keep a fixed precision.
  public enum Pinning: Hashable, Sendable {
    /// HAQ's rule, with 8 bit.
    case firstAndLast(Precision)
    case none
    case layers([Int: Precision])
  }

  /// HAQ chooses among 2 to 8 bit.
  public static let paperWidths = BitWidth(2)!...BitWidth.eight

  /// - Parameter widths: Bounds on the widths chosen; those of the table within them are legal.
  public init(
    _ table: CostTable, pinning: Pinning = .firstAndLast(.eight),
    widths: ClosedRange<BitWidth> = SearchSpace.paperWidths
  ) throws(PrecisionSearchError) {
    let layers = table.network.layers
    let pinned = pinning.precisions(layerCount: layers.count)
    let weights = table.weightWidths.filter(widths.contains)
    let activations = table.activationWidths.filter(widths.contains)
    if weights.isEmpty { throw .noLegalWidth(role: .weight, available: table.weightWidths) }
    if activations.isEmpty { throw .noLegalWidth(role: .activation, available: table.activationWidths) }
    var legal: [[Precision]] = []
    for (index, layer) in layers.enumerated() {
      if let precision = pinned[index] {
        guard table.supports(layer: index, at: precision) else {
          throw .pinnedPrecisionUnsupported(layer: layer.name, precision)
        }
        legal.append([precision])
        continue
      }
      let all = weights.flatMap { weight in
        activations.map { Precision(weight: weight, activation: $0) }
      }
      let supported = all.filter { table.supports(layer: index, at: $0) }
      if supported.isEmpty { throw .layerUnsupported(layer: layer.name) }
      legal.append(supported)
    }
    self.table = table
    self.pinned = pinned
    self.legal = legal
  }

  public var layerCount: Int { legal.count }

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

  /// The widths of one role that `layer` may have beside some width of the other, ascending.
  func widths(ofLayer layer: Int, _ role: Role) -> [BitWidth] {
    Set(legal[layer].map { role == .weight ? $0.weight : $0.activation }).sorted()
  }

  /// Whether every layer of `policy` has a precision of this space.
  public func contains(_ policy: Policy) -> Bool {
    policy.precisions.count == layerCount && zip(legal, policy.precisions).allSatisfy { $0.contains($1) }
  }

  /// `precision` everywhere but in pinned layers; nil when the space does not contain that.
  public func uniform(_ precision: Precision) -> Policy? {
    let policy = Policy.uniform(precision, layerCount: layerCount, pinned: pinned)
    return contains(policy) ? policy : nil
  }
}

extension SearchSpace.Pinning {
  func precisions(layerCount: Int) -> [Int: Precision] {
    switch self {
    case .firstAndLast(let precision):
      layerCount == 0 ? [:] : [0: precision, layerCount - 1: precision]
    case .none: [:]
    case .layers(let precisions): precisions
    }
  }
}
