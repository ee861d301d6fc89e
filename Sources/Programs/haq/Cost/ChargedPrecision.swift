import Core

extension CostTable {
  /// What the target charges a layer as, such as `W4A8`; nil where that is what was asked for.
  func otherCharge(for precision: Precision) -> String? {
    charged(precision).flatMap { $0 == precision ? nil : $0.description }
  }

  /// One line for each precision of `policy` that is charged as another; empty when there is none.
  func chargesText(of policy: Policy) -> String {
    let rounded = policy.precisions.compactMap { precision in
      otherCharge(for: precision).map { "\(precision) is charged as \($0)" }
    }
    return Dictionary(grouping: rounded) { $0 }.sorted { $0.key < $1.key }.map { charge, layers in
      "\(charge) in \(layers.count) of \(policy.precisions.count) layers: \(provenance.target) rounds widths up "
        + "to what it has.\n"
    }.joined()
  }
}
