public import Foundation

/// Files that the user names for reading.
public enum InputFile {
  /// The largest file that is read where its format does not bound it further, in bytes: that of tables.
  public static let sizeLimit = 64 << 20

  /// The whole file; throws a `Diagnostic` that names it, also for a file of more than `limit` bytes.
  public static func read(_ path: String, limit: Int = sizeLimit) throws -> Data {
    let bytes: Data
    do {
      let handle = try FileHandle(forReadingFrom: URL(filePath: path))
      defer { try? handle.close() }
      // One byte beyond the limit tells a large file, or an endless device, from one that fits.
      bytes = try handle.read(upToCount: limit + 1) ?? Data()
    } catch {
      throw Diagnostic("cannot read the file: \(error.systemReason)", at: .init(file: path))
    }
    guard bytes.count <= limit else {
      throw Diagnostic(
        "the file has more than \(limit) bytes, which are the most that are read", at: .init(file: path))
    }
    return bytes
  }
}
