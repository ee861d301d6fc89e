/// Sets of layers that read the same activations, so that these have one width.
///
/// Every layer belongs to one set at most. The first layer of a set leads: its activation width is decided, and
/// the others follow. Weights are decided for each layer separately.
public struct TiedWidths: Hashable, Sendable {
  /// Ascending layer positions, each set of two at least.
  public let sets: [[Int]]
  private let setOfLayer: [Int: Int]

  public static let none = TiedWidths([])

  /// - Parameter sets: Layer positions; sets that share a layer become one, sets of one layer mean nothing.
  public init(_ sets: [[Int]]) {
    var merged: [Set<Int>] = []
    for set in sets {
      let touching = merged.filter { !$0.isDisjoint(with: set) }
      merged.removeAll { !$0.isDisjoint(with: set) }
      merged.append(touching.reduce(Set(set)) { $0.union($1) })
    }
    self.sets = merged.filter { $0.count > 1 }.map { $0.sorted() }.sorted { $0[0] < $1[0] }
    setOfLayer = self.sets.enumerated().reduce(into: [:]) { found, set in
      for layer in set.element { found[layer] = set.offset }
    }
  }

  /// The layers that share their activation width with `layer`, itself included, ascending.
  public func layers(with layer: Int) -> [Int] { setOfLayer[layer].map { sets[$0] } ?? [layer] }

  /// The layer whose decision settles the activation width of `layer`.
  public func leader(of layer: Int) -> Int { layers(with: layer)[0] }
}
