import Foundation

/// Files that are read as a whole.
enum BoundedFile {
  /// Throws `DatasetError` for what cannot be read, and for more than `limit` bytes.
  static func read(_ path: String, limit: Int) throws(DatasetError) -> Data {
    let bytes: Data
    do {
      let handle = try FileHandle(forReadingFrom: URL(filePath: path))
      defer { try? handle.close() }
      // One byte beyond the limit tells a large file, or an endless device, from one that fits.
      bytes = try handle.read(upToCount: limit + 1) ?? Data()
    } catch { throw .unreadable(path: path) }
    guard bytes.count <= limit else {
      throw .malformed(
        path: path, reason: "it has more than \(limit) bytes, which are the most that are read")
    }
    return bytes
  }
}
