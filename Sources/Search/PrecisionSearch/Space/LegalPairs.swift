import Core

/// Which pairs of widths a search may choose, decided here alone (spec.md, section 4).
extension [CostTable] {
  /// The pairs that every target has as they are, so that none is rounded up; by weight and then activation width,
  /// ascending.
  var legalPairs: [Precision] {
    shared(\.weightWidths).flatMap { weight in
      shared(\.activationWidths).map { Precision(weight: weight, activation: $0) }
    }.filter(allow)
  }

  /// Whether no target rounds `precision` up or refuses it.
  func allow(_ precision: Precision) -> Bool { allSatisfy { $0.costedAs(precision) == precision } }

  /// What a layer that is held at `precision` has: itself, or, where all targets can run it but some round it up, the
  /// next of `pairs` by the rule of rounding up.
  func held(at precision: Precision, among pairs: [Precision]) -> Precision {
    guard !allow(precision), allSatisfy({ $0.costedAs(precision) != nil }) else { return precision }
    return pairs.filter { $0.weight >= precision.weight && $0.activation >= precision.activation }.min {
      ($0.weight.bits + $0.activation.bits, $0.weight) < ($1.weight.bits + $1.activation.bits, $1.weight)
    } ?? precision
  }

  /// The widths that all tables have, ascending.
  func shared(_ widths: (CostTable) -> [BitWidth]) -> [BitWidth] {
    dropFirst().reduce(widths(self[0])) { common, table in
      let others = widths(table)
      return common.filter(others.contains)
    }
  }
}
