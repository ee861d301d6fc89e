import CZlib

/// A byte array in the IDX format of the MNIST family, plain or gzipped.
package struct IDXFile: Sendable {
  package let dimensions: [Int]
  package let bytes: [UInt8]

  /// Reads the whole file.
  ///
  /// Throws `DatasetError` when the file is missing, is not IDX, or does not end where it should.
  package init(path: String) throws(DatasetError) {
    guard let file = gzopen(path, "rb") else { throw .unreadable(path: path) }
    defer { gzclose(file) }

    func read(_ count: Int) throws(DatasetError) -> [UInt8] {
      var received = 0
      let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
        received = Int(gzread(file, buffer.baseAddress, UInt32(count)))
        initialized = max(0, received)
      }
      guard received == count else { throw .malformed(path: path, reason: "it ends early") }
      return bytes
    }

    let magic = try read(4)
    guard magic[0] == 0, magic[1] == 0, magic[2] == 0x08, (1...3).contains(magic[3]) else {
      throw .malformed(path: path, reason: "it is not an IDX file of 1 to 3 dimensions of bytes")
    }
    var dimensions: [Int] = []
    for _ in 0..<magic[3] {
      dimensions.append(try read(4).reduce(0) { $0 << 8 | Int($1) })
    }
    let count = dimensions.reduce(into: (product: 1, overflow: false)) { total, size in
      let (product, overflow) = total.product.multipliedReportingOverflow(by: size)
      total = (product, total.overflow || overflow)
    }
    guard !count.overflow, count.product <= Self.largestSize else {
      throw .malformed(
        path: path, reason: "it claims \(dimensions) bytes; at most \(Self.largestSize) are read")
    }
    self.dimensions = dimensions
    bytes = try read(count.product)
    // Reading on to the end also makes zlib compare its checksum.
    var extra: UInt8 = 0
    let received = gzread(file, &extra, 1)
    var status: Int32 = 0
    _ = gzerror(file, &status)
    switch received {
    case 0 where status == Z_OK || status == Z_STREAM_END: break
    case 1...: throw .malformed(path: path, reason: "it has more data after its \(dimensions) bytes")
    default: throw .malformed(path: path, reason: "its end is damaged")
    }
  }

  private static let largestSize = 1 << 30
}
