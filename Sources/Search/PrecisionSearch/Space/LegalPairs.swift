import Core

/// Which pairs of formats a search may choose, decided here alone (spec.md, section 4).
extension [CostTable] {
  /// The pairs that some layer has on every target as they are, so that none is rounded up; by weight and then activation
  /// format, ascending.
  var legalPairs: [Precision] {
    let layers = self[0].network.layers
    // What is legal depends on a layer's kind alone.
    let kinds = Set(layers.map(\.kind)).compactMap { kind in layers.firstIndex { $0.kind == kind } }
    return shared(\.weightWidths).flatMap { weight in
      shared(\.activationWidths).map { Precision(weight: weight, activation: $0) }
    }.filter { pair in kinds.contains { allow(pair, layer: $0) } }
  }

  /// Whether no target rounds a layer's `precision` up or refuses it.
  func allow(_ precision: Precision, layer: Int) -> Bool {
    allSatisfy { $0.costedAs(precision, layer: layer) == precision }
  }

  /// What a layer that is held at `precision` has: itself, or, where all targets can run it but some round it up, the
  /// next of `pairs` by the rule of rounding up.
  func held(_ layer: Int, at precision: Precision, among pairs: [Precision]) -> Precision {
    guard !allow(precision, layer: layer),
      allSatisfy({ $0.costedAs(precision, layer: layer) != nil })
    else { return precision }
    return pairs.filter { allow($0, layer: layer) }.nextUp(from: precision) ?? precision
  }

  /// What uniform `precision` is held at where some target rounds it up.
  func held(at precision: Precision, among pairs: [Precision]) -> Precision {
    let layers = self[0].network.layers.indices
    let isLegal = layers.allSatisfy { allow(precision, layer: $0) }
    let isCosted = layers.allSatisfy { layer in
      allSatisfy { $0.costedAs(precision, layer: layer) != nil }
    }
    guard !isLegal, isCosted else { return precision }
    return pairs.nextUp(from: precision) ?? precision
  }

  /// The pair that relative budgets and comparisons are shares of, and that the first and the last layer are held at where
  /// no target says otherwise: that of the only target, or the first stated one that all have.
  var reference: Precision {
    let layers = self[0].network.layers.indices
    return map(\.reference).first { pair in layers.allSatisfy { allow(pair, layer: $0) } }
      ?? self[0].reference
  }

  /// The pairs at which the first and the last layer are held: the first stated ones that all targets have for these
  /// layers, else the reference.
  var ends: (first: Precision, last: Precision) {
    let last = self[0].network.layers.count - 1
    func stated(_ layer: Int, _ pairs: [Precision?]) -> Precision? {
      let pairs = pairs.compactMap(\.self)
      return pairs.first { allow($0, layer: layer) } ?? pairs.first
    }
    return (
      stated(0, map(\.widthRules.ends?.first)) ?? reference,
      stated(last, map(\.widthRules.ends?.last)) ?? reference
    )
  }

  /// The widths that all tables have, ascending.
  func shared(_ widths: (CostTable) -> [BitWidth]) -> [BitWidth] {
    dropFirst().reduce(widths(self[0])) { common, table in
      let others = widths(table)
      return common.filter(others.contains)
    }
  }
}

extension [Precision] {
  /// The pair that covers both formats and has the fewest bits, scales included, then the fewest of the weights.
  fileprivate func nextUp(from precision: Precision) -> Precision? {
    filter { $0.covers(precision) }.min {
      ($0.bitsPerElements, $0.weight, $0.activation) < ($1.bitsPerElements, $1.weight, $1.activation)
    }
  }
}
