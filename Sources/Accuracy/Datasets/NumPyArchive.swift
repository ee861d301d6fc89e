package import Arrays
import CZip
import Foundation

/// The arrays of a .npz file, which is a zip archive of .npy files; read one by one.
package struct NumPyArchive {
  package let path: String
  /// Without the ending .npy, in the archive's order.
  package let names: [String]

  private static let mostBytes: UInt64 = 1 << 33

  /// Throws `DatasetError` when the file cannot be read or is no zip archive.
  package init(path: String) throws(DatasetError) {
    self.path = path
    names = try Self.open(path) { archive throws(DatasetError) in
      (0..<zip_get_num_entries(archive, 0)).compactMap { index in
        zip_get_name(archive, zip_uint64_t(index), 0).map { String(cString: $0) }
      }.filter { $0.hasSuffix(".npy") }.map { String($0.dropLast(4)) }
    }
    guard !names.isEmpty else { throw .malformed(path: path, reason: "it holds no .npy file") }
  }

  /// Throws `DatasetError` when the array is damaged; its checksum is compared.
  package func array(_ name: String) throws(DatasetError) -> NumPyArray {
    let bytes = try Self.open(path) { archive throws(DatasetError) in
      var status = zip_stat_t()
      guard zip_stat(archive, name + ".npy", 0, &status) == 0, let file = zip_fopen(archive, name + ".npy", 0)
      else { throw .malformed(path: path, reason: "it holds no readable \(name).npy") }
      defer { zip_fclose(file) }
      guard status.size <= Self.mostBytes else {
        throw .malformed(
          path: path, reason: "\(name).npy claims \(status.size) bytes; at most \(Self.mostBytes) are read")
      }
      // Grows with what arrives, so that a small file cannot claim memory that it does not fill.
      var bytes: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 1 << 20)
      while true {
        let count = zip_fread(file, &buffer, zip_uint64_t(buffer.count))
        guard count >= 0 else { throw .malformed(path: path, reason: "\(name).npy is damaged") }
        guard count > 0 else { break }
        bytes += buffer[..<Int(count)]
      }
      guard bytes.count == status.size else {
        throw .malformed(path: path, reason: "\(name).npy ends early")
      }
      return bytes
    }
    return try NumPyArray(bytes, path: "\(path): \(name)")
  }

  private static func open<Result>(
    _ path: String, _ body: (OpaquePointer) throws(DatasetError) -> Result
  ) throws(DatasetError) -> Result {
    guard FileManager.default.isReadableFile(atPath: path) else { throw .unreadable(path: path) }
    var code: Int32 = 0
    guard let archive = zip_open(path, ZIP_RDONLY, &code) else {
      throw .malformed(path: path, reason: "it is not a whole zip archive")
    }
    defer { zip_discard(archive) }
    return try body(archive)
  }
}
