import Core
public import Diagnostics
public import Networks

extension NetworkOutline {
  /// Says which operations have no cost, so that a total leaves them out; nil where all have one.
  public var uncostedWarning: Diagnostic? {
    let uncosted = steps.filter { if case .uncosted = $0.role { true } else { false } }
    guard let first = uncosted.first else { return nil }
    let work = Quantity.count(uncosted.reduce(0) { $0 + $1.multiplyAccumulates })
    return Diagnostic(
      "\(Quantity.counted(uncosted.count, "operation")) with \(work) MACs a sample, the first of them "
        + "\"\(first.name)\", have no cost and stay in floating point.",
      hint: "haq network show explains why.")
  }
}
