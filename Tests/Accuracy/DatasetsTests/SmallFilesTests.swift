import Arrays
import DataRequests
import Datasets
import FixtureBuilding
import Foundation
import Synchronization
import Testing

/// Files of a few kilobytes that stand for gigabytes.
@Suite("Small files of data that ask for much") struct SmallFilesTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func python(_ script: String) throws {
    let program = try folder.file("make.py", Array(script.utf8))
    let run = try CompilerRun("/usr/bin/env", ["-C", folder.path, "/usr/bin/python3", program])
    guard run.exitCode == 0 else { throw TemporaryFolder.Failure(reason: run.output) }
  }

  /// What is in an archive: a header that claims `shape`, then so many zeros.
  private func archive(
    _ shape: [Int], zeros: Int, type: String = "|u1", compression: String = "DEFLATED"
  ) throws -> NumPyArchive {
    try python(
      """
      import zipfile
      header = str({"descr": "\(type)", "fortran_order": False, "shape": tuple(\(shape))}).encode() + b"\\n"
      start = b"\\x93NUMPY\\x01\\x00" + len(header).to_bytes(2, "little") + header
      with zipfile.ZipFile("a.npz", "w", zipfile.ZIP_\(compression)) as archive:
          with archive.open("x.npy", "w") as member:
              member.write(start)
              for _ in range(\(zeros) >> 20): member.write(bytes(1 << 20))
              member.write(bytes(\(zeros) & ((1 << 20) - 1)))
      """)
    return try NumPyArchive(path: folder.path("a.npz"))
  }

  private func refusal(_ archive: NumPyArchive) -> String {
    do throws(DatasetError) {
      _ = try archive.array("x")
      return "nothing was thrown"
    } catch { return error.description }
  }

  @Test("the header of a packed array is judged before its numbers are unpacked")
  func header() throws {
    #expect(
      try refusal(archive([1 << 26, 8, 8], zeros: 1 << 26)).contains(
        "it claims [67108864, 8, 8] elements; at most 2147483648 are read"))
    #expect(try refusal(archive([1 << 30], zeros: 1 << 26)).contains("elements of 1 bytes need 1073741824"))
    // 2^28 numbers of one byte become numbers of eight.
    #expect(
      try refusal(archive([1 << 28], zeros: 1 << 28, type: "|i1")).contains(
        "take 2147483648 bytes of memory; at most 1073741824 are unpacked. Save it unpacked"))
    #expect(try archive([1 << 20, 2], zeros: 1 << 21).array("x").shape == [1 << 20, 2])
  }

  @Test("what does not fit the archive's own bytes, or is packed otherwise, is refused")
  func sizes() throws {
    #expect(try refusal(archive([4], zeros: 4, compression: "LZMA")).contains("another method than NumPy's"))
    _ = try archive([4], zeros: 4)
    var bytes = [UInt8](try Data(contentsOf: URL(filePath: folder.path("a.npz"))))
    // The size in the central directory, 24 bytes after its signature.
    let directory = try #require(
      bytes.indices.dropLast(4).last { Array(bytes[$0..<$0 + 4]) == [80, 75, 1, 2] })
    bytes.replaceSubrange(directory + 24..<directory + 28, with: [0xFF, 0xFF, 0xFF, 0x3F])
    let path = try folder.file("lie.npz", bytes)
    // libzip itself may notice that the two places disagree.
    #expect(throws: DatasetError.self) { try NumPyArchive(path: path).array("x") }
  }

  /// The archive of 64 MiB of zeros is about 64 kB; 8 GB were taken before it was refused.
  @Test("a bomb is refused within 2 GiB of address space")
  func bomb() throws {
    _ = try archive([1 << 26, 8, 8], zeros: 1 << 26)
    let run = try LimitedRun(
      "haq-evaluator", ["--network", "fashion-mobilenet-v2", "--data", folder.path("a.npz")], in: folder.path)
    #expect(run.exitCode == 1 && run.output.contains("a.npz"), "\(run.exitCode) \(run.output.suffix(400))")
  }

  @Test("of a strip of 1 x 1,000,000 pixels, only the part that the crop keeps is scaled")
  func strip() throws {
    let header = Array("P6 1 1000000 255\n".utf8)
    let path = try folder.file(
      "strip.ppm", header + (0..<1_000_000).flatMap { _ in [10, 20, 30] as [UInt8] })
    // Scaled whole, it would have 64 x 64,000,000 pixels.
    let image = try DecodedImage(path: path).prepared(Preprocessing(resize: 64, crop: 56))
    #expect(image.width == 56 && image.height == 56)
    #expect(image.rgb == (0..<56 * 56).flatMap { _ in [10, 20, 30] as [UInt8] })
  }

  @Test("two images of 52 million pixels are decoded one after the other, and small ones beside each other")
  func decodingTogether() throws {
    try python(
      """
      from PIL import Image
      Image.new("1", (20000, 2600)).save("large.png"); Image.new("1", (20, 20)).save("small.png")
      """)
    func mostAtOnce(_ name: String) -> Int {
      let path = folder.path(name)
      let counts = Mutex((now: 0, most: 0))
      DispatchQueue.concurrentPerform(iterations: 4) { _ in
        _ = try? DecodingGate.shared.decoding(path) { _ in
          counts.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
          usleep(50_000)
          counts.withLock { $0.now -= 1 }
        }
      }
      return counts.withLock { $0.most }
    }
    #expect(mostAtOnce("large.png") == 1)
    #expect(mostAtOnce("small.png") == min(4, ProcessInfo.processInfo.activeProcessorCount))
  }
}
