package import Arrays
import CZip
import Foundation

/// The arrays of a .npz file, which is a zip archive of .npy files; read one by one.
package struct NumPyArchive {
  package let path: String
  /// Without the ending .npy, in the archive's order.
  package let names: [String]
  private let fileSize: Int

  /// What an array that is packed may take in memory, in bytes.
  package static let memoryLimit = 1 << 30
  /// The most bytes that Deflate makes of one.
  private static let largestRatio = 1032

  /// Throws `DatasetError` when the file cannot be read or is no zip archive.
  package init(path: String) throws(DatasetError) {
    self.path = path
    fileSize = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    names = try Self.open(path) { archive throws(DatasetError) in
      (0..<zip_get_num_entries(archive, 0)).compactMap { index in
        zip_get_name(archive, zip_uint64_t(index), 0).map { String(cString: $0) }
      }.filter { $0.hasSuffix(".npy") }.map { String($0.dropLast(4)) }
    }
    guard !names.isEmpty else { throw .malformed(path: path, reason: "it holds no .npy file") }
  }

  /// Throws `DatasetError` when the array is damaged or too large; its checksum is compared.
  ///
  /// The sizes that the archive and the array's own header claim are compared before the numbers are unpacked.
  package func array(_ name: String) throws(DatasetError) -> NumPyArray {
    try Self.open(path) { archive throws(DatasetError) in
      func malformed(_ reason: String) -> DatasetError { .malformed(path: path, reason: reason) }
      let size = try memberSize(name, in: archive)
      guard let file = zip_fopen(archive, name + ".npy", 0) else {
        throw malformed("it holds no readable \(name).npy")
      }
      defer { zip_fclose(file) }
      var isDamaged = false
      func read(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        var count = 0
        while count < buffer.count {
          let received = zip_fread(
            file, buffer.baseAddress.map { $0 + count }, zip_uint64_t(buffer.count - count))
          if received < 0 { isDamaged = true }
          guard received > 0 else { break }
          count += Int(received)
        }
        return count
      }
      do {
        let array = try NumPyArray(ofBytes: size, memoryLimit: Self.memoryLimit, reading: read)
        // Reading on to the end also makes libzip compare the checksum.
        var extra: UInt8 = 0
        guard withUnsafeMutableBytes(of: &extra, read) == 0, !isDamaged else {
          throw malformed("\(name).npy is damaged")
        }
        return array
      } catch let error as NumPyError {
        throw isDamaged
          ? malformed("\(name).npy is damaged") : .malformed(path: "\(path): \(name)", reason: error.sentence)
      } catch let error as DatasetError {
        throw error
      } catch {
        throw malformed("\(error)")
      }
    }
  }

  /// The bytes of a member, which the archive's file must be able to hold.
  private func memberSize(_ name: String, in archive: OpaquePointer) throws(DatasetError) -> Int {
    func malformed(_ reason: String) -> DatasetError { .malformed(path: path, reason: reason) }
    var status = zip_stat_t()
    let needed = zip_uint64_t(ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD)
    guard zip_stat(archive, name + ".npy", 0, &status) == 0, status.valid & needed == needed else {
      throw malformed("it holds no readable \(name).npy")
    }
    let method = Int32(status.comp_method)
    guard method == ZIP_CM_STORE || method == ZIP_CM_DEFLATE else {
      throw malformed("\(name).npy is packed by another method than NumPy's, deflate")
    }
    let (size, packed) = (Int(clamping: status.size), Int(clamping: status.comp_size))
    let ratio = method == ZIP_CM_STORE ? 1 : Self.largestRatio
    guard packed <= fileSize, size / ratio <= packed else {
      throw malformed("\(name).npy claims \(size) bytes, which do not fit \(packed) packed ones")
    }
    return size
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
