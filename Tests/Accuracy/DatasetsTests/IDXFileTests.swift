import Datasets
import FixtureBuilding
import Foundation
import Testing

@Suite struct IDXFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Two pictures of 1 x 3: magic (0, 0, bytes, 3 dimensions), big-endian sizes, pixels.
  private let pictures: [UInt8] =
    [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3] + [10, 20, 30, 40, 50, 255]

  private func problem(of path: String) -> String {
    do {
      _ = try IDXFile(path: path)
      return ""
    } catch {
      return error.description
    }
  }

  @Test("a plain file gives its dimensions and bytes")
  func plain() throws {
    let file = try IDXFile(path: folder.file("plain", pictures))
    #expect(file.dimensions == [2, 1, 3])
    #expect(file.bytes == [10, 20, 30, 40, 50, 255])
  }

  @Test("a gzipped file gives the same")
  func gzipped() throws {
    let file = try IDXFile(path: folder.gzipped("pictures", pictures))
    #expect(file.dimensions == [2, 1, 3])
    #expect(file.bytes == [10, 20, 30, 40, 50, 255])
  }

  @Test("sizes above 255 are big-endian")
  func bigEndian() throws {
    let labels = (0..<258).map { UInt8($0 % 10) }
    let file = try IDXFile(path: folder.file("labels", [0, 0, 8, 1, 0, 0, 1, 2] + labels))
    #expect(file.dimensions == [258])
    #expect(file.bytes == labels)
  }

  @Test("a file that ends anywhere before its last byte is reported")
  func truncated() throws {
    for length in 0..<pictures.count {
      let path = try folder.file("short", Array(pictures[..<length]))
      #expect(problem(of: path) == "\(path) cannot be used: it ends early")
    }
  }

  @Test("a gzipped file that is cut off is reported")
  func truncatedGzip() throws {
    let path = try folder.gzipped("cut", pictures)
    let bytes = try Data(contentsOf: URL(filePath: path))
    // Without its trailer the checksum is missing; without more, data is.
    for length in [bytes.count - 1, bytes.count - 8, bytes.count - 12, 12] {
      try bytes.prefix(length).write(to: URL(filePath: path))
      #expect(problem(of: path).hasPrefix("\(path) cannot be used: it"))
    }
  }

  @Test("a gzipped file with a wrong checksum is reported")
  func checksum() throws {
    let path = try folder.gzipped("spoilt", pictures)
    var bytes = try Data(contentsOf: URL(filePath: path))
    // The trailer is 4 bytes of CRC-32 and 4 of length (RFC 1952).
    bytes[bytes.count - 8] ^= 1
    try bytes.write(to: URL(filePath: path))
    #expect(problem(of: path).hasPrefix("\(path) cannot be used: it"))
  }

  @Test("bytes after the last are reported")
  func tooLong() throws {
    let path = try folder.file("long", pictures + [1])
    #expect(problem(of: path) == "\(path) cannot be used: it has more data after its \([2, 1, 3]) bytes")
  }

  @Test(
    "anything but one to three dimensions of bytes is reported",
    arguments: [[1, 0, 8, 1], [0, 1, 8, 1], [0, 0, 9, 1], [0, 0, 13, 3], [0, 0, 8, 0], [0, 0, 8, 4]]
      as [[UInt8]])
  func magic(_ magic: [UInt8]) throws {
    let path = try folder.file("magic", magic + Array(repeating: 0, count: 20))
    #expect(
      problem(of: path)
        == "\(path) cannot be used: it is not an IDX file of 1 to 3 dimensions of bytes")
  }

  @Test(
    "dimensions that no data set has are reported before memory is taken",
    arguments: [
      [0, 0, 8, 1, 255, 255, 255, 255],
      [0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255],
      [0, 0, 8, 2, 0, 1, 0, 0, 0, 1, 0, 0],
    ] as [[UInt8]])
  func absurd(_ header: [UInt8]) throws {
    let path = try folder.file("absurd", header)
    #expect(problem(of: path).hasPrefix("\(path) cannot be used: it claims ["))
    #expect(problem(of: path).hasSuffix("at most 1073741824 are read"))
  }

  @Test("a file that is not there is reported")
  func missing() {
    let path = folder.path("nothing")
    #expect(problem(of: path) == "\(path) cannot be read")
  }

  @Test("a folder is not a file")
  func directory() {
    #expect(problem(of: folder.url.path) != "")
  }
}
