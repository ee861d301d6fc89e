import ArgumentParser
import Core
import Evaluation
import Foundation
import PrecisionSearch
import Rendering
import Studies

/// `haq study show`: everything about one study but its evaluations.
struct StudyShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows what a study depends on, how far it is and what it found.",
    discussion: """
      A study that is being written can be shown. `haq study export` has every evaluation.

      Example:
        haq study show edge-run
        haq study show edge-run --check

      Exit codes: 0 done, 1 something failed, 64 the command line is wrong.
      """)

  @Argument(help: "The study: its file or its run folder.")
  var study: String

  @Flag(help: "Read the whole file, and fail when it is damaged.")
  var check = false

  @OptionGroup var format: FormatOption

  func run() throws {
    let path = try StudyPlaces.study(named: study)
    let summary = try StudySummary(path)
    let records = try StudyRecords(path)
    if check { try records.verify() }
    let details = StudyDetails(
      study: StudyLine(summary), command: ["haq", "search"] + (try records.arguments()),
      directory: try records.directory(), facts: summary.facts.all, sessions: try records.sessions(),
      evaluator_seconds: try records.evaluatorSeconds(),
      method_state: try records.checkpoint().map(MethodStateLine.init),
      best_policy: summary.best?.measured.policy.precisions.map(\.description))
    try format.print(details, text: details.text)
  }
}

/// The JSON and the text of `haq study show`.
private struct StudyDetails: Encodable {
  var study: StudyLine
  var command: [String]
  var directory: String
  var facts: [StudyFacts.Fact]
  var sessions: [StudySession]
  /// What all evaluations took together.
  var evaluator_seconds: Double
  /// Null before the first one, and for methods that need only the answers.
  var method_state: MethodStateLine?
  var best_policy: [String]?

  var text: String {
    var lines = [
      "\(study.path): \(study.state), started \(study.created_at)",
      "  \(ShellText.command(command))",
      "  in \(directory)", "",
      "\(study.evaluations) evaluations, \(Quantity.seconds(evaluator_seconds)) of the evaluator; "
        + "\(study.episodes) policies in the log",
    ]
    if study.failed_policies > 0 {
      lines.append("\(study.failed_policies) \(study.failed_policies == 1 ? "policy" : "policies") failed")
    }
    if let method_state { lines.append(method_state.text) }
    if let accuracy = study.best_accuracy, let best_policy {
      lines += [
        "Best policy so far, by validation samples: \(Quantity.percent(accuracy))",
        "  \(best_policy.joined(separator: " "))",
      ]
    }
    for part in StudyFacts.Part.allCases {
      let facts = facts.filter { $0.part == part }
      let width = facts.map(\.name.count).max() ?? 0
      lines += ["", "What decides \(part.title):"]
      lines += facts.map { "  \($0.name.padding(toLength: width, withPad: " ", startingAt: 0))  \($0.value)" }
    }
    lines += ["", "Sessions:"]
    lines += sessions.map {
      "  \($0.number)  \($0.startedAt)  \($0.host), process \($0.process), haq \($0.programVersion) \($0.programSHA256.prefix(12))"
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

/// What resuming goes on from.
private struct MethodStateLine: Encodable {
  var format: String
  var after_policies: Int
  var bytes: Int

  init(_ checkpoint: Checkpoint) {
    (format, after_policies, bytes) = (checkpoint.format, checkpoint.episodes, checkpoint.state.count)
  }

  var text: String {
    "the method's state after \(after_policies) policies: \(format), \(Quantity.bytes(Double(bytes)))"
  }
}

extension StudyFacts.Part {
  var title: String {
    switch self {
    case .accuracy: "accuracy"
    case .cost: "cost"
    case .search: "which policies are tried"
    case .program: "the rest: the program"
    }
  }
}
