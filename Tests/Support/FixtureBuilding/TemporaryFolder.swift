package import Foundation

/// A folder that is gone when this object is.
package final class TemporaryFolder {
  package let path: String
  package var url: URL { URL(filePath: path, directoryHint: .isDirectory) }

  package init() throws {
    path = FileManager.default.temporaryDirectory.appending(path: "haq-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  package func path(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file, its folders too, and returns its absolute path.
  @discardableResult
  package func write(_ text: String, to name: String) throws -> String {
    let file = url.appending(path: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
    return file.path
  }
}
