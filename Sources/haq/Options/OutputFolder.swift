import Diagnostics
import Foundation

/// A folder that a command makes for its results.
struct OutputFolder {
  let path: String

  /// Creates the folder; throws a `Diagnostic` when it exists with anything in it, or cannot be written.
  init(creating path: String) throws {
    let files = FileManager.default
    if let found = try? files.contentsOfDirectory(atPath: path), !found.isEmpty {
      throw Diagnostic(
        "the folder is not empty.", at: .init(file: path),
        hint: "Name another one with -o, or remove it; results are never overwritten.")
    }
    self.path = path
    do {
      try files.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw Diagnostic("cannot create the folder: \(error.systemReason).", at: .init(file: path))
    }
    guard files.isWritableFile(atPath: path) else {
      throw Diagnostic("cannot write into the folder.", at: .init(file: path))
    }
  }

  func write(_ text: String, to name: String) throws {
    try OutputFile.write(Data(text.utf8), to: "\(path)/\(name)")
  }

  /// Removes the folder again when nothing was found that it could hold.
  func removeIfEmpty() {
    guard let found = try? FileManager.default.contentsOfDirectory(atPath: path), found.isEmpty else {
      return
    }
    try? FileManager.default.removeItem(atPath: path)
  }
}
