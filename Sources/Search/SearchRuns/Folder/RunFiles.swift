import Core
import Diagnostics
import Documents
import Evaluation
import Foundation
import PrecisionSearch
import Rendering
import Specs
import Studies
import Targets

/// The folder of one search: its study, and files for other programs that follow from the study.
///
/// Every file is complete at any moment: replaced whole, or appended by the line.
final class RunFolder {
  let path: String
  /// Nil until the search begins.
  private(set) var study: Study?
  private let isNew: Bool
  /// Episodes recorded before this process carried the study on.
  private var recorded = 0
  private var log: FileHandle?
  private var logPath: String { "\(path)/episodes.jsonl" }

  /// Creates the folder; throws a `Diagnostic` when it exists with anything in it, or cannot be written.
  init(creating path: String) throws {
    let folder = try OutputFolder(creating: path, called: "run folder") { found in
      found.contains(StudyPlaces.fileName)
        ? "It holds a study: carry it on with `haq study resume \(path)`, or name another folder with -o."
        : "Name another one with -o, or remove it; a search never overwrites another."
    }
    self.path = folder.path
    isNew = true
  }

  /// Opens the folder of a study that is carried on; throws `StudyError` when another process does so.
  init(resuming study: String) throws {
    path = URL(filePath: study).deletingLastPathComponent().path
    isNew = false
    self.study = try Study(at: study, programSHA256: try RunningProgram.sha256())
  }

  /// Creates the study of a new folder.
  func start(_ contents: NewStudy) throws -> Study {
    let study = try Study.create(
      at: "\(path)/\(StudyPlaces.fileName)", contents, programSHA256: try RunningProgram.sha256())
    self.study = study
    return study
  }

  /// Removes a new folder again when nothing was found that it could hold.
  func removeIfEmpty() {
    guard isNew, (try? study?.records.sessionEvaluationCount()) ?? 0 == 0 else { return }
    study = nil
    try? FileManager.default.removeItem(atPath: path)
  }

  /// Records an episode, and adds its line to `episodes.jsonl`; nothing changes where both are there already.
  ///
  /// - Returns: Whether other files may not know the episode yet: it is new, or the last before an interruption.
  func append(_ episode: Episode) throws -> Bool {
    guard let study else { preconditionFailure("a search has a study") }
    if log == nil {
      // The log may have lost its end with the machine's power, or have a part of a line from a full disk.
      let lines = try study.records.episodeLines()
      try OutputFile.write(Data(lines.map { $0 + "\n" }.joined().utf8), to: logPath)
      recorded = lines.count
      let log = try FileHandle(forWritingTo: URL(filePath: logPath))
      try log.seekToEnd()
      self.log = log
    }
    let line = try study.record(episode)
    if episode.index >= recorded { try append(line) }
    return episode.index + 1 >= recorded
  }

  /// Where a method whose states are of `format` goes on; nil for a new search, or where there is no such state.
  ///
  /// A state of another program's format is told: the search then comes to it again by the recorded answers.
  func resumption(format: String?) throws -> Resumption? {
    guard !isNew, let study, let checkpoint = try study.records.checkpoint() else { return nil }
    guard checkpoint.format == format else {
      Failure.warn([
        Diagnostic(
          "the kept state is \(checkpoint.format), and this program's is \(format ?? "none").",
          at: .init(file: study.path),
          hint:
            "It is made again from the recorded answers, which takes the time that the method itself took.")
      ])
      return nil
    }
    return Resumption(episodes: try study.records.episodes(), checkpoint: checkpoint)
  }

  /// Keeps what the search could be carried on from.
  func keep(_ checkpoint: Checkpoint) throws { try study?.record(checkpoint) }

  private func append(_ line: String) throws {
    guard let log else { preconditionFailure("the log is open") }
    let end = try log.offset()
    do {
      // One write a line: a program killed in between leaves whole lines.
      try log.write(contentsOf: Data((line + "\n").utf8))
    } catch {
      try? log.truncate(atOffset: end)
      throw Diagnostic(
        "cannot write the file: \(error.systemReason).", at: .init(file: logPath),
        hint:
          "Everything measured is in the study: repair this, then carry on with `haq study resume \(path)`.")
    }
  }

  /// What the evaluator failed on, in the order of asking.
  func failures() throws -> [SearchReport.FailedPart] {
    try (study?.records.evaluations() ?? []).compactMap { evaluation in
      guard let reason = evaluation.result.failure, let policy = evaluation.request.policy else { return nil }
      return SearchReport.FailedPart(
        policy: policy.text, split: evaluation.request.split,
        reason: reason)
    }
  }

  /// Replaces `policy.json`.
  func write(_ policy: PolicyDocument) throws { try write(policy.text, as: .policy) }

  /// Replaces `sensitivity.json`.
  func write(_ sensitivity: SensitivityDocument) throws {
    try write(try sensitivity.json(), as: .sensitivity)
  }

  /// Replaces `report.json`, and ends the study.
  func write(_ report: SearchReport) throws {
    let text = try JSONReport.text(of: report)
    try study?.end(report.ending, report: text)
    try OutputFile.write(Data(text.utf8), to: "\(path)/report.json")
  }

  private func write(_ text: String, as document: StudyDocument) throws {
    try study?.record(text, as: document)
    try OutputFile.write(Data(text.utf8), to: "\(path)/\(document.rawValue).json")
  }
}
