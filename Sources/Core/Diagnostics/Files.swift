public import Foundation

/// Files that the user names for writing.
public enum OutputFile {
  /// Throws a `Diagnostic` when `path` cannot be written, before hours of work rather than after.
  public static func check(_ path: String) throws(Diagnostic) {
    let folder = URL(filePath: path).deletingLastPathComponent().path
    guard FileManager.default.isWritableFile(atPath: folder) else {
      throw Diagnostic(
        "cannot write the file: its folder is missing or may not be written to.", at: .init(file: path))
    }
  }

  /// Writes all of `bytes` or nothing: a temporary file in the same folder takes the name at the end.
  public static func write(_ bytes: Data, to path: String) throws(Diagnostic) {
    do {
      try bytes.write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw Diagnostic(
        "cannot write the file: \(error.systemReason)", at: .init(file: path),
        hint: "Nothing was written.")
    }
  }
}
