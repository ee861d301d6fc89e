import ArgumentParser
import Core
import Diagnostics
import Evaluation
import Foundation
import PrecisionSearch
import Rendering
import Studies

/// `haq study export`: everything in a study as files for other programs.
struct StudyExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes everything in a study to a folder: CSV, JSON and JSON lines.",
    discussion: """
      Writes evaluations.csv, a row for each answer of the evaluator in the order in which they came; \
      curves.csv, a row for each policy with the best so far, to be drawn; episodes.jsonl, the log of the search; facts.json, what the numbers depend on; and, as far as the search came, \
      policy.json, sensitivity.json, report.json and cost-tables.json.

      Example:
        haq study export edge-run -o edge-files

      Exit codes: 0 done, 1 something failed, 64 the command line is wrong.
      """)

  @Argument(help: "The study: its file or its run folder.")
  var study: String

  @Option(name: [.customShort("o"), .long], help: "The folder to write to; it must be new or empty.")
  var output: String

  func run() throws {
    let records = try StudyRecords(try StudyPlaces.study(named: study))
    if let found = try? FileManager.default.contentsOfDirectory(atPath: output), !found.isEmpty {
      throw Diagnostic("the folder is not empty.", at: .init(file: output), hint: "Name another one with -o.")
    }
    do {
      try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
    } catch {
      throw Diagnostic("cannot create the folder: \(error.systemReason).", at: .init(file: output))
    }
    var files = [
      "evaluations.csv": EvaluationTable(try records.evaluations()).text,
      "curves.csv": SearchCurves(try records.episodes()).csv,
      "episodes.jsonl": try records.episodeLines().map { $0 + "\n" }.joined(),
      "facts.json": try JSONReport.text(of: try records.facts().all),
    ]
    for document in StudyDocument.allCases {
      files["\(document.rawValue).json"] = try records.document(document)
    }
    for (name, text) in files.sorted(by: { $0.key < $1.key }) {
      try OutputFile.write(Data(text.utf8), to: "\(output)/\(name)")
      print("\(output)/\(name)")
    }
  }
}

/// Evaluations as CSV (RFC 4180), units in the titles.
private struct EvaluationTable {
  let text: String

  init(_ evaluations: [RecordedEvaluation]) {
    let metrics = Set(evaluations.flatMap(\.costs.keys)).sorted { $0.rawValue < $1.rawValue }
    let titles =
      ["number", "ended_at", "duration_s", "worker", "split", "samples", "accuracy", "loss_nats"]
      + ["divergence_nats", "finetune_samples", "finetune_rate", "finetune_seed"] + metrics.map(\.rawValue)
      + ["policy", "failure"]
    let rows = evaluations.map { evaluation in
      let (figures, tuning) = (evaluation.result.figures, evaluation.request.fineTuning)
      let costs = metrics.map { metric in evaluation.costs[metric].map { "\($0)" } ?? "" }
      var row = [
        "\(evaluation.number)", evaluation.endedAt, "\(evaluation.duration_s)", "\(evaluation.worker)",
        evaluation.request.split.rawValue, "\(figures?.samples ?? 0)",
        // Of what failed nothing is known.
        figures.map { "\($0.accuracy)" } ?? "", figures.map { "\($0.loss)" } ?? "",
        figures?.divergence.map { "\($0)" } ?? "",
      ]
      row += [
        tuning.map { "\($0.samples)" }, tuning.map { "\($0.learningRate)" }, tuning.map { "\($0.seed)" },
      ]
      .map { $0 ?? "" }
      return row + costs
        + [evaluation.request.policy?.text ?? "float"]
        + [evaluation.result.failure.map { "\"\($0.replacing("\"", with: "\"\""))\"" } ?? ""]
    }
    text = ([titles] + rows).map { $0.joined(separator: ",") + "\n" }.joined()
  }
}
