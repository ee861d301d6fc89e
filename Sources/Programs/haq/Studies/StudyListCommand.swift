import ArgumentParser
import Core
import Diagnostics
import Evaluation
import Foundation
import PrecisionSearch
import Rendering
import Studies

/// `haq study list`: the studies below a folder.
struct StudyListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Lists the studies below folders.",
    discussion: """
      A study is running, interrupted (its program was killed, or failed), stopped (by Ctrl-C) or completed; all but \
      the first and the last can be carried on with `haq study resume`.

      Example:
        haq study list
        haq study list ~/searches --format json

      Exit codes: 0 done, 1 a study cannot be read, 64 the command line is wrong.
      """)

  @Argument(help: "The folders to look in.")
  var folders = ["."]

  @OptionGroup var format: FormatOption

  func run() throws {
    for folder in folders where !FileManager.default.fileExists(atPath: folder) {
      throw Diagnostic("there is no such folder.", at: .init(file: folder))
    }
    var summaries: [StudySummary] = []
    var hasFailed = false
    for path in folders.flatMap(StudyPlaces.studies) {
      do {
        summaries.append(try StudySummary(path))
      } catch {
        Failure.report(error)
        hasFailed = true
      }
    }
    try format.print(StudyList(studies: summaries.map(StudyLine.init)), text: Self.text(summaries))
    if hasFailed { throw ExitCode.failure }
  }

  private static func text(_ summaries: [StudySummary]) -> String {
    guard !summaries.isEmpty else { return "No studies here. `haq search` makes one.\n" }
    var table = TextTable([
      .init("study"), .init("state"), .init("network"), .init("target"), .init("method"),
      .init("policies", .right), .init("best", .right), .init("last evaluation"),
    ])
    for summary in summaries {
      let line = StudyLine(summary)
      table.add([
        summary.path, summary.state.rawValue, line.network, line.target, line.method, "\(line.episodes)",
        line.best_accuracy.map(Quantity.percent) ?? "", summary.lastEvaluationAt.map(Self.minute) ?? "",
      ])
    }
    return table.text
  }

  /// Seconds are for programs.
  private static func minute(_ time: String) -> String {
    String(time.prefix(16)).replacing("T", with: " ")
  }
}

/// The JSON of a list.
private struct StudyList: Encodable {
  var studies: [StudyLine]
}

/// A study in a list.
struct StudyLine: Encodable {
  var path, state, created_at: String
  var last_evaluation_at: String?
  var network, target, method: String
  var evaluations, episodes: Int
  /// That could not be measured.
  var failed_policies: Int
  var best_accuracy: Double?
  /// Of the search's resource, in its SI unit.
  var best_cost: Double?

  init(_ summary: StudySummary) {
    path = summary.path
    state = summary.state.rawValue
    created_at = summary.createdAt
    last_evaluation_at = summary.lastEvaluationAt
    network = summary.facts.value(.accuracy, "network") ?? ""
    target = summary.facts.value(.cost, "target") ?? ""
    method = summary.facts.value(.search, "method") ?? ""
    evaluations = summary.evaluationCount
    episodes = summary.episodeCount
    failed_policies = summary.failedPolicyCount
    best_accuracy = summary.best?.measured.result.figures?.accuracy
    best_cost = summary.best?.measured.cost
  }
}
