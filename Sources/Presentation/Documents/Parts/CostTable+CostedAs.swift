public import Core

extension CostTable {
  /// What the target costs a layer as, such as `W4A8`; nil where that is what was asked for.
  public func costedAs(_ precision: Precision, layer: Int) -> String? {
    costedAs(precision, layer: layer).flatMap { $0 == precision ? nil : $0.description }
  }

  /// One line for each precision of `policy` that is costed as another; empty when there is none.
  public func costedAsText(of policy: Policy) -> String {
    CostedAs.text(
      of: policy.precisions.enumerated().map { ("\($1)", costedAs($1, layer: $0)) }, on: provenance.name)
  }
}

/// Precisions that a target costs as others, because it rounds widths up to those that it has.
enum CostedAs {
  /// One line for each precision among `layers` that is costed as another; nil is costed as asked.
  static func text(of layers: [(asked: String, costedAs: String?)], on target: String) -> String {
    let rounded = layers.compactMap { layer in layer.costedAs.map { "\(layer.asked) is costed as \($0)" } }
    return Dictionary(grouping: rounded) { $0 }.sorted { $0.key < $1.key }.map { line, same in
      "\(line) in \(same.count) of \(layers.count) layers: \(target) rounds widths up to what it has.\n"
    }.joined()
  }
}
