import Foundation

/// A folder that a command makes for its results.
public struct OutputFolder: Sendable {
  public let path: String

  /// Creates the folder; throws a `Diagnostic` when it exists with anything in it, or cannot be written.
  ///
  /// - Parameters:
  ///   - name: What messages call it.
  ///   - hint: What to do about a folder that holds the files named.
  public init(
    creating path: String, called name: String = "folder",
    hint: ([String]) -> String = { _ in
      "Name another one with -o, or remove it; results are never overwritten."
    }
  ) throws(Diagnostic) {
    let files = FileManager.default
    if let found = try? files.contentsOfDirectory(atPath: path), !found.isEmpty {
      throw Diagnostic("the \(name) is not empty.", at: .init(file: path), hint: hint(found))
    }
    self.path = path
    do {
      try files.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw Diagnostic("cannot create the \(name): \(error.systemReason).", at: .init(file: path))
    }
    guard files.isWritableFile(atPath: path) else {
      throw Diagnostic("cannot write into the \(name).", at: .init(file: path))
    }
  }

  /// Creates a folder that must not exist yet, not even as an empty one.
  public init(new path: String) throws(Diagnostic) {
    self.path = path
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    } catch {
      throw Diagnostic(
        "cannot make the folder: \(error.systemReason)", at: .init(file: path), hint: "Nothing was written.")
    }
  }

  public func write(_ text: String, to name: String) throws(Diagnostic) {
    try OutputFile.write(Data(text.utf8), to: "\(path)/\(name)")
  }

  /// Removes the folder again when nothing was found that it could hold.
  public func removeIfEmpty() {
    guard let found = try? FileManager.default.contentsOfDirectory(atPath: path), found.isEmpty else {
      return
    }
    try? FileManager.default.removeItem(atPath: path)
  }
}
