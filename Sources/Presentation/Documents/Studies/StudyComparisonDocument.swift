import Core
import Evaluation
import PrecisionSearch
import Rendering
public import Studies

/// Studies side by side: the result of `haq study compare`.
public struct StudyComparisonDocument: Document {
  public static let schema: SchemaName = "haq.study-comparison/1.1"

  public var studies: [StudyLine]
  /// Whether every study measured accuracy the same way.
  public var shareAccuracy: Bool
  public var differences: [StudyDifferences.Difference]
  /// The best policy of each study, such as `W4A6` by study and layer; null before a study's first policy.
  public var policies: [[String]?]

  private enum CodingKeys: String, CodingKey {
    case studies, differences, policies
    case shareAccuracy = "share_accuracy"
  }

  /// - Precondition: there is a study.
  public init(_ summaries: [StudySummary]) {
    studies = summaries.map(StudyLine.init)
    let facts = summaries.map(\.facts)
    shareAccuracy = facts.allSatisfy { $0.differences(to: facts[0], in: [.accuracy]).isEmpty }
    differences = StudyDifferences(facts).all
    policies = summaries.map { $0.best?.measured.policy.precisions.map(\.description) }
  }

  /// The table for a terminal.
  public var text: String {
    var table = TextTable([.init("")] + studies.map { .init($0.path) })
    func row(_ title: String, _ value: (StudyLine) -> String) { table.add([title] + studies.map(value)) }
    row("state") { $0.state }
    row("policies") { "\($0.episodes)" }
    if studies.contains(where: { $0.failedPolicies > 0 }) {
      row("failed policies") { "\($0.failedPolicies)" }
    }
    let samples = Set(studies.compactMap(\.bestSamples))
    let metrics = Set(studies.map { $0.accuracyMetric ?? "accuracy" })
    // Where studies differ in it, each says its own among the differences.
    row("best \(metrics.count == 1 ? metrics.first ?? "accuracy" : "accuracy"), validation") { study in
      let count = samples.count > 1 ? study.bestSamples.map { " of \($0) samples" } : nil
      return study.bestAccuracy.map { Quantity.percent($0) + (count ?? "") } ?? "none"
    }
    row("its cost, SI units") { $0.bestCost.map { "\($0)" } ?? "none" }
    table.addRule()
    for difference in differences {
      table.add([difference.name] + difference.values.map { Self.short($0 ?? "not stated") })
    }
    if Set(policies.map { $0?.count }).count == 1, let count = policies[0]?.count {
      table.addRule()
      for layer in 0..<count {
        table.add(["layer \(layer + 1)"] + policies.map { $0.map { $0[layer] } ?? "" })
      }
    }
    let warning =
      shareAccuracy
      ? "" : "\nAccuracies do not compare: the studies do not share what decides them (see the rows above).\n"
    return table.text + warning
  }

  /// A hash by its beginning.
  private static func short(_ value: String) -> String {
    value.count == 64 && value.allSatisfy(\.isHexDigit) ? "\(value.prefix(12))..." : value
  }
}
