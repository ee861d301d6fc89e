import ArgumentParser
import Core
import Evaluation
import PrecisionSearch
import Rendering
import Studies

/// `haq study compare`: studies side by side.
struct StudyCompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Shows studies side by side: what differs, what they found, the bits of every layer.",
    discussion: """
      Accuracies compare only where the studies share what decides accuracy; it is said where they do not.

      Example:
        haq study compare edge-run cloud-run

      Exit codes: 0 done, 1 something failed, 64 the command line is wrong.
      """)

  @Argument(help: "Two or more studies: their files or run folders.")
  var studies: [String]

  @OptionGroup var format: FormatOption

  func validate() throws {
    guard studies.count >= 2 else { throw ValidationError("Name at least two studies.") }
  }

  func run() throws {
    let comparison = StudyComparison(
      try studies.map { try StudySummary(try StudyPlaces.study(named: $0)) })
    try format.print(comparison, text: comparison.text)
  }
}

/// The JSON and the text of `haq study compare`.
private struct StudyComparison: Encodable {
  var studies: [StudyLine]
  /// Whether every study measured accuracy the same way.
  var share_accuracy: Bool
  var differences: [StudyDifferences.Difference]
  /// The best policy of each study, by study and layer.
  var policies: [[String]?]

  init(_ summaries: [StudySummary]) {
    studies = summaries.map(StudyLine.init)
    let facts = summaries.map(\.facts)
    share_accuracy = facts.allSatisfy { $0.differences(to: facts[0], in: [.accuracy]).isEmpty }
    differences = StudyDifferences(facts).all
    policies = summaries.map { $0.best?.measured.policy.precisions.map(\.description) }
  }

  var text: String {
    var table = TextTable([.init("")] + studies.map { .init($0.path) })
    func row(_ title: String, _ value: (StudyLine) -> String) { table.add([title] + studies.map(value)) }
    row("state") { $0.state }
    row("policies") { "\($0.episodes)" }
    if studies.contains(where: { $0.failed_policies > 0 }) {
      row("failed policies") { "\($0.failed_policies)" }
    }
    row("best accuracy, validation") { $0.best_accuracy.map(Quantity.percent) ?? "none" }
    row("its cost, SI units") { $0.best_cost.map { "\($0)" } ?? "none" }
    table.addRule()
    for difference in differences {
      table.add([difference.name] + difference.values.map { Self.short($0 ?? "not stated") })
    }
    if Set(policies.map { $0?.count }).count == 1, let count = policies[0]?.count {
      table.addRule()
      for layer in 0..<count { table.add(["layer \(layer + 1)"] + policies.map { $0![layer] }) }
    }
    let warning =
      share_accuracy
      ? "" : "\nAccuracies do not compare: the studies do not share what decides them (see the rows above).\n"
    return table.text + warning
  }

  /// A hash by its beginning.
  private static func short(_ value: String) -> String {
    value.count == 64 && value.allSatisfy(\.isHexDigit) ? "\(value.prefix(12))..." : value
  }
}
