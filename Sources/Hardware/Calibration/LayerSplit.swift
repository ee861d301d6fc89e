public import Core
import RandomNumbers

/// Which layers are fitted and which are kept to judge the fit.
public struct LayerSplit: Hashable, Sendable {
  /// Positions in the network, ascending.
  public var fitted: [Int]
  public var heldOut: [Int]

  /// Holds out `share` of the layers of each kind, chosen by `seed`; a kind with one layer is fitted.
  public init(_ layers: [Int], in network: Network, heldOutShare share: Double, seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var heldOut: Set<Int> = []
    for kind in Layer.Kind.allCases {
      let same = layers.filter { network.layers[$0].kind == kind }.shuffled(using: &random)
      let count = min(same.count - 1, Int((Double(same.count) * share).rounded()))
      heldOut.formUnion(same.prefix(max(0, count)))
    }
    fitted = layers.filter { !heldOut.contains($0) }.sorted()
    self.heldOut = heldOut.sorted()
  }
}
