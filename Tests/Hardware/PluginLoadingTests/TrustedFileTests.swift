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

  @Test(
    "are refused when they, or a folder above them, belong to another user",
    .enabled(if: geteuid() == 0, "needs root"))
  func foreignOwner() throws {
    for name in ["sub/file", "sub"] {
      let path = folder + "/" + name
      #expect(chown(path, 22_222, 22_222) == 0)
      #expect(read("sub/file") == .failure(.owned(path, by: 22_222)))
      #expect(chown(path, 0, 0) == 0)
    }
    #expect(read("sub/file") == .success(Array("abc".utf8)))
  }

  @Test("may belong to the owner of the running program", .enabled(if: geteuid() == 0, "needs root"))
  func programOwner() throws {
    let program = folder + "/sub/file"
    let above = TrustedUsers.owners(ofProgram: folder)
    #expect(above.contains(0))
    #expect(chown(program, 22_222, 0) == 0 && chown(folder + "/sub", 22_223, 0) == 0)
    #expect(TrustedUsers.owners(ofProgram: program) == above.union([22_222, 22_223]))
    #expect(TrustedUsers.owners(ofProgram: program + "/none") == [])
  }

  /// Sets an access control list as the kernel keeps it; Python's library has the call.
  private func setList(_ name: String, _ entries: [(tag: Int, rights: Int, id: Int)]) throws {
    let list = entries.map { "(\($0.tag),\($0.rights),\($0.id))" }.joined(separator: ",")
    let program =
      "import os,struct,sys\nos.setxattr(sys.argv[1],'system.posix_acl_access',struct.pack('<I',2)"
      + "+b''.join(struct.pack('<HHI',*e) for e in [\(list)]))"
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/python3")
    process.arguments = ["-c", program, folder + "/" + name]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  @Test("are refused when an access control list lets another user or group write")
  func accessLists() throws {
    let (owner, user, ownGroup, group, mask, others, none) = (1, 2, 4, 8, 16, 32, 0xFFFF_FFFF)
    /// The three entries of a mode, and more; an ordinary owner needs the third right to enter a folder.
    func list(_ more: [(tag: Int, rights: Int, id: Int)], mask rights: Int) -> [(
      tag: Int, rights: Int, id: Int
    )] {
      ([(owner, 7, none), (ownGroup, 4, none)] + more + [(mask, rights, none), (others, 4, none)])
        .sorted { $0.0 < $1.0 }
    }
    for name in ["sub/file", "sub"] {
      let path = folder + "/" + name
      try setList(name, list([(user, 7, 22_222)], mask: 7))
      #expect(read("sub/file") == .failure(.writable(path, by: .user(22_222))))
      try setList(name, list([(group, 6, 22_222)], mask: 7))
      #expect(read("sub/file") == .failure(.writable(path, by: .group(22_222))))
      // What the mask does not have, nobody has.
      try setList(name, list([(user, 7, 22_222)], mask: 5))
      #expect(read("sub/file") == .success(Array("abc".utf8)))
      try setList(name, list([(user, 5, 22_222), (user, 7, Int(geteuid()))].sorted { $0.2 < $1.2 }, mask: 7))
      #expect(read("sub/file") == .success(Array("abc".utf8)))
    }
  }

  @Test("a folder that does not exist is as open as the one where it would be made")
  func folders() throws {
    #expect(throws: Never.self) { try TrustedFile.checkFolder(folder + "/sub/none/below") }
    chmod("sub", 0o1777)
    #expect(throws: TrustedFileError.writable(folder + "/sub", by: .everyone)) {
      try TrustedFile.checkFolder(folder + "/sub/none/below")
    }
    chmod("sub", 0o777)
    #expect(throws: TrustedFileError.writable(folder + "/sub", by: .everyone)) {
      try TrustedFile.checkFolder(folder + "/sub")
    }
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
