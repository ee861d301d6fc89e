import Diagnostics
import Foundation
import PrecisionSearch
import Reports
import SpecLanguage
import Targets

/// The folder of one search. Every file is complete at any moment: replaced whole, or appended by the line.
final class RunFolder {
  let path: String
  private var log: FileHandle?
  private var logPath: String { "\(path)/episodes.jsonl" }

  /// Creates the folder; throws a `Diagnostic` when it exists with anything in it, or cannot be written.
  init(creating path: String) throws {
    let files = FileManager.default
    if let found = try? files.contentsOfDirectory(atPath: path), !found.isEmpty {
      throw Diagnostic(
        "the run folder is not empty.", at: .init(file: path),
        hint: "Name another one with -o, or remove it; a search never overwrites another.")
    }
    self.path = path
    do {
      try files.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw Diagnostic("cannot create the run folder: \(error.systemReason).", at: .init(file: path))
    }
    guard files.isWritableFile(atPath: path) else {
      throw Diagnostic("cannot write into the run folder.", at: .init(file: path))
    }
  }

  /// Removes the folder again when nothing was found that it could hold.
  func removeIfEmpty() {
    guard log == nil else { return }
    try? FileManager.default.removeItem(atPath: path)
  }

  /// Adds one line to `episodes.jsonl`.
  func append(_ episode: Episode) throws {
    let encoder = JSONReport.encoder
    encoder.outputFormatting.remove(.prettyPrinted)
    let line = try encoder.encode(episode) + Data("\n".utf8)
    if log == nil {
      try OutputFile.write(Data(), to: logPath)
      log = try FileHandle(forWritingTo: URL(filePath: logPath))
    }
    // One write a line: a program killed in between leaves whole lines.
    try log?.write(contentsOf: line)
  }

  /// Replaces `policy.json`.
  func write(_ policy: PolicyDocument) throws {
    try OutputFile.write(Data(policy.text.utf8), to: "\(path)/policy.json")
  }

  /// Replaces `sensitivity.json`.
  func write(_ sensitivity: Sensitivity) throws {
    try OutputFile.write(Data(try JSONReport.text(of: sensitivity).utf8), to: "\(path)/sensitivity.json")
  }

  /// Replaces `report.json`.
  func write(_ report: SearchReport) throws {
    try OutputFile.write(Data(try JSONReport.text(of: report).utf8), to: "\(path)/report.json")
  }
}
