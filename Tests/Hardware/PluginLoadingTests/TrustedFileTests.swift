import Foundation
import PluginLoading
import Testing

@Suite("Trusted files")
final class TrustedFileTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "haq-\(UUID().uuidString)").path

  init() throws {
    try FileManager.default.createDirectory(atPath: folder + "/sub", withIntermediateDirectories: true)
    try Data("abc".utf8).write(to: URL(filePath: folder + "/sub/file"))
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private func read(_ name: String) -> Result<[UInt8], TrustedFileError> {
    let path = folder + "/" + name
    return Result { () throws(TrustedFileError) in try TrustedFile.bytes(of: path, limit: 3) }
  }

  private func chmod(_ name: String, _ mode: mode_t) {
    #expect(Foundation.chmod(folder + "/" + name, mode) == 0)
  }

  @Test("are read whole, also through a link")
  func reads() throws {
    #expect(read("sub/file") == .success(Array("abc".utf8)))
    try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: "sub/file")
    #expect(read("link") == .success(Array("abc".utf8)))
  }

  @Test("are refused when everyone may write to them, or to a folder above")
  func worldWritable() {
    chmod("sub/file", 0o666)
    #expect(read("sub/file") == .failure(.writable(folder + "/sub/file", by: .everyone)))
    chmod("sub/file", 0o644)
    chmod("sub", 0o777)
    #expect(read("sub/file") == .failure(.writable(folder + "/sub", by: .everyone)))
    // As in /tmp: what is ours stays ours.
    chmod("sub", 0o1777)
    #expect(read("sub/file") == .success(Array("abc".utf8)))
  }

  @Test("are refused when the folder of a link to them is open to everyone")
  func linkFolder() throws {
    try FileManager.default.createDirectory(atPath: folder + "/open", withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: folder + "/open/link", withDestinationPath: "../sub/file")
    chmod("open", 0o777)
    #expect(read("open/link") == .failure(.writable(folder + "/open", by: .everyone)))
  }

  @Test("are regular, there, and not too large")
  func others() throws {
    #expect(read("sub") == .failure(.notAFile(folder + "/sub")))
    #expect(read("none") == .failure(.unreadable(folder + "/none", reason: "No such file or directory")))
    try Data("abcd".utf8).write(to: URL(filePath: folder + "/sub/file"))
    #expect(read("sub/file") == .failure(.tooLarge(folder + "/sub/file", size: 4, limit: 3)))
    #expect(mkfifo(folder + "/pipe", 0o600) == 0)
    #expect(read("pipe") == .failure(.notAFile(folder + "/pipe")))
  }
}
