public import Diagnostics
import Foundation
public import Studies

/// The folder of one search: its study, and files for other programs that follow from the study.
public struct RunFolder {
  public let path: String
  /// Of the running program, for the study's sessions.
  public let programSHA256: String
  /// The study that is resumed; nil in a new folder.
  let resumed: Study?

  /// Creates the folder; throws a `Diagnostic` when it exists with anything in it, or cannot be written.
  public init(creating path: String, programSHA256: String) throws(Diagnostic) {
    let folder = try OutputFolder(creating: path, called: "run folder") { found in
      found.contains(StudyPlaces.fileName)
        ? "It holds a study: carry it on with `haq study resume \(path)`, or name another folder with -o."
        : "Name another one with -o, or remove it; a search never overwrites another."
    }
    self.path = folder.path
    self.programSHA256 = programSHA256
    resumed = nil
  }

  /// Opens the folder of a study to resume; throws `StudyError` when another process does so.
  public init(resuming study: String, programSHA256: String) throws(StudyError) {
    path = URL(filePath: study).deletingLastPathComponent().path
    self.programSHA256 = programSHA256
    resumed = try Study(at: study, programSHA256: programSHA256)
  }

  var studyPath: String { "\(path)/\(StudyPlaces.fileName)" }

  /// Removes a new folder again when nothing was measured that it could hold.
  ///
  /// - Precondition: this process has no study open in it.
  public func removeIfNothingWasMeasured() {
    guard resumed == nil else { return }
    if FileManager.default.fileExists(atPath: studyPath) {
      guard (try? StudyRecords(studyPath).sessionEvaluationCount()) == 0 else { return }
    }
    try? FileManager.default.removeItem(atPath: path)
  }
}
