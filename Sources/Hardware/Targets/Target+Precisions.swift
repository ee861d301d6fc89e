public import Core
import Diagnostics
import Specs

extension Target {
  /// The legal pairs of formats, in the order of the spec's lists.
  ///
  /// Throws a `Diagnostic` for one that the target does not have.
  ///
  /// - Parameter only: The ones that are wanted; nil for all.
  public func precisions(only: [Precision]?) throws -> [Precision] {
    let capabilities = spec.capabilities
    let all = capabilities.weightWidths.flatMap { weight in
      capabilities.activationWidths.map { Precision(weight: weight, activation: $0) }
    }.filter(capabilities.widthRules.pairs.allows)
    if let foreign = only?.first(where: { !all.contains($0) }) {
      let first = all.prefix(12).map(\.description).joined(separator: ", ")
      throw Diagnostic(
        "target \"\(spec.id)\" has no \(foreign)", at: .init(file: file),
        hint: "It has \(first)\(all.count > 12 ? ", ..." : "").")
    }
    return only.map { only in all.filter(only.contains) } ?? all
  }
}
