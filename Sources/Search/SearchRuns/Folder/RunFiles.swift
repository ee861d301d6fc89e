import Core
import Diagnostics
import Documents
import Evaluation
import Foundation
import PrecisionSearch
import Rendering
import Specs
public import Studies

/// The study of a search that is running, and the files that follow from it.
///
/// Every file is complete at any time: replaced whole, or appended by the line. What a file says is in the study
/// before it is in the file.
public final class RunFiles {
  public let study: Study
  let folder: String
  private let isResumed: Bool
  /// Episodes recorded before this process carried the study on.
  private var recorded = 0
  private var log: FileHandle?
  private var logPath: String { "\(folder)/episodes.jsonl" }

  init(_ study: Study, in folder: RunFolder) {
    self.study = study
    self.folder = folder.path
    isResumed = folder.resumed != nil
  }

  /// Records an episode, and adds its line to `episodes.jsonl`; nothing changes where both are there already.
  ///
  /// - Returns: Whether other files may not know the episode yet: it is new, or the last before an interruption.
  func append(_ episode: Episode) throws -> Bool {
    let log = try log ?? openLog()
    self.log = log
    try study.record(episode)
    if episode.index >= recorded { try append(try EpisodeDocument(episode).line, to: log) }
    return episode.index + 1 >= recorded
  }

  /// The log may have lost its end with the machine's power, or have a part of a line from a full disk.
  private func openLog() throws -> FileHandle {
    let lines = try study.earlierEpisodes().map { try EpisodeDocument($0).line }
    try OutputFile.write(Data(lines.joined().utf8), to: logPath)
    recorded = lines.count
    let log = try FileHandle(forWritingTo: URL(filePath: logPath))
    try log.seekToEnd()
    return log
  }

  private func append(_ line: String, to log: FileHandle) throws {
    let end = try log.offset()
    do {
      // One write a line: a program killed in between leaves whole lines.
      try log.write(contentsOf: Data(line.utf8))
    } catch {
      try? log.truncate(atOffset: end)
      throw Diagnostic(
        "cannot write the file: \(error.systemReason).", at: .init(file: logPath),
        hint:
          "Everything measured is in the study: repair this, then continue with `haq study resume \(folder)`."
      )
    }
  }

  /// Where a method whose states are of `format` continues; nil for a new search, or where there is no such state.
  ///
  /// If the saved state has another format, warns; the search then repeats the recorded evaluations.
  func resumption(format: String?, _ observer: SearchObserver) throws -> Resumption? {
    guard isResumed, let checkpoint = try study.records.checkpoint() else { return nil }
    guard checkpoint.format == format else {
      observer.warn([
        Diagnostic(
          "the kept state is \(checkpoint.format), and this program's is \(format ?? "none").",
          at: .init(file: study.path),
          hint:
            "haq rebuilds it from the recorded evaluations, which takes as long as the method itself took.")
      ])
      return nil
    }
    return try Resumption(episodes: try study.earlierEpisodes(), checkpoint: checkpoint)
  }

  /// Keeps a state that the search can resume from.
  func keep(_ checkpoint: Checkpoint) throws { try study.record(checkpoint) }

  /// Policies on which the evaluator failed, in the order of asking.
  func failures() throws -> [SearchDocument.Failure] {
    try study.records.evaluations().compactMap(SearchDocument.Failure.init)
  }

  /// Replaces `policy.json`.
  func write(_ policy: PolicyDocument) throws { try write(policy.text, as: .policy) }

  /// Replaces `sensitivity.json`.
  func write(_ sensitivity: SensitivityDocument) throws {
    try write(try sensitivity.json(), as: .sensitivity)
  }

  /// Replaces `report.json`, and ends the study.
  func write(_ document: SearchDocument) throws {
    let text = try document.json()
    try study.end(document.ending, report: text)
    try OutputFile.write(Data(text.utf8), to: "\(folder)/report.json")
  }

  private func write(_ text: String, as document: StudyDocument) throws {
    try study.record(text, as: document)
    try OutputFile.write(Data(text.utf8), to: "\(folder)/\(document.rawValue).json")
  }
}
