import Diagnostics
import Foundation
import PrecisionSearch
import Reports
import SpecLanguage

/// The folder of one search. Every file is complete at any moment: replaced whole, or appended by the line.
struct RunFolder {
  let path: String
  private let log: FileHandle

  /// Creates the folder; throws a `Diagnostic` when it exists with anything in it, or cannot be written.
  init(creating path: String) throws {
    let files = FileManager.default
    if let found = try? files.contentsOfDirectory(atPath: path), !found.isEmpty {
      throw Diagnostic(
        "the run folder is not empty", at: .init(file: path),
        hint: "Name another one with -o, or remove it; a search never overwrites another.")
    }
    self.path = path
    let logPath = "\(path)/episodes.jsonl"
    do {
      try files.createDirectory(atPath: path, withIntermediateDirectories: true)
      try Data().write(to: URL(filePath: logPath))
      log = try FileHandle(forWritingTo: URL(filePath: logPath))
    } catch {
      throw Diagnostic(
        "the run folder cannot be written: \(error.localizedDescription)", at: .init(file: path))
    }
  }

  /// Adds one line to `episodes.jsonl`.
  func append(_ episode: Episode) throws {
    let encoder = JSONReport.encoder
    encoder.outputFormatting.remove(.prettyPrinted)
    try log.write(contentsOf: try encoder.encode(episode) + Data("\n".utf8))
  }

  /// Replaces `policy.json`.
  func write(_ policy: PolicyDocument) throws {
    try OutputFile.write(Data(policy.text.utf8), to: "\(path)/policy.json")
  }

  /// Replaces `report.json`.
  func write(_ report: SearchReport) throws {
    try OutputFile.write(Data(try JSONReport.text(of: report).utf8), to: "\(path)/report.json")
  }
}
