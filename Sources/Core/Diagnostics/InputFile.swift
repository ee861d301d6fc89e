public import Foundation

/// Files that the user names for reading.
public enum InputFile {
  /// The whole file; throws a `Diagnostic` that names it.
  public static func read(_ path: String) throws -> Data {
    do {
      return try Data(contentsOf: URL(filePath: path))
    } catch {
      throw Diagnostic("cannot read the file: \(error.systemReason)", at: .init(file: path))
    }
  }
}
