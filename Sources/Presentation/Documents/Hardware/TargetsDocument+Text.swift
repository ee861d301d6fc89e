import Core
import Rendering

extension TargetsDocument {
  /// One line per target, then the files that are not used.
  public var text: String {
    guard !targets.isEmpty else { return "No targets found.\n" }
    var table = TextTable([
      .init("id"), .init("batch", .right), .init("weights"), .init("activations"), .init("metrics"),
      .init("evidence"), .init("name"),
    ])
    for target in targets {
      let metrics = Metric.allCases.map(\.key).filter { target.metrics.keys.contains($0) }
      table.add([
        target.id, "\(target.batch)", target.weightBits.rangeText, target.activationBits.rangeText,
        metrics.joined(separator: ", "), target.evidence?.status.rawValue ?? "not stated", target.name,
      ])
    }
    let hidden = shadowed.map { "\n\($0.file) is not used: \($0.by) has the same id." }.joined()
    return table.text + (hidden.isEmpty ? "" : hidden + "\n")
  }
}
