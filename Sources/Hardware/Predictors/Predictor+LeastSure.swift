public import Core

extension Predictor {
  /// The positions of the layers that are best measured next: those about which the predictor is least sure, each in the light
  /// of those before it, at each precision in turn. At most `count`; fewer where less is left of the families that were
  /// measured.
  public func leastSure(_ count: Int, of layers: [Layer], batch: Int) -> [Int] {
    let known = layers.indices.compactMap { index in
      LayerRun(layers[index], batch: batch).map { (index: index, run: $0) }
    }
    let lists = precisions.map { $0.leastSure(count, of: known.map(\.run)) }
    var chosen: [Int] = []
    var seen: Set<Int> = []
    for place in 0..<count {
      for list in lists where place < list.count && chosen.count < count {
        if seen.insert(list[place]).inserted { chosen.append(known[list[place]].index) }
      }
    }
    return chosen
  }
}
