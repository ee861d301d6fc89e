import Diagnostics
import Foundation
import Testing

/// Writing a file never turns what is there into something else.
@Suite("Output files") final class OutputFileTests {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "haq-output-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private func path(_ name: String) -> String { folder.appending(path: name).path }
  private func text(_ name: String) throws -> String {
    try String(contentsOfFile: path(name), encoding: .utf8)
  }
  private func write(_ text: String, to name: String) throws {
    try OutputFile.write(Data(text.utf8), to: path(name))
  }

  /// The type bits of what a name itself means, links not followed.
  private func kind(_ path: String) -> mode_t {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode & S_IFMT : 0
  }

  @Test("are new, or replaced whole with their mode, and leave nothing beside them")
  func regular() throws {
    try write("one", to: "file")
    #expect(try text("file") == "one")
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path("file"))
    try write("two", to: "file")
    #expect(try text("file") == "two")
    let mode = try FileManager.default.attributesOfItem(atPath: path("file"))[.posixPermissions] as? Int
    #expect(mode == 0o640)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["file"])
  }

  @Test("are found through symbolic links, which stay links", arguments: ["there", "missing"])
  func links(target: String) throws {
    if target == "there" { try write("old", to: "there") }
    try FileManager.default.createSymbolicLink(atPath: path("first"), withDestinationPath: target)
    try FileManager.default.createSymbolicLink(atPath: path("second"), withDestinationPath: path("first"))
    try write("new", to: "second")
    #expect(try text(target) == "new")
    #expect(
      kind(path("first")) == S_IFLNK && kind(path("second")) == S_IFLNK && kind(path(target)) == S_IFREG)
  }

  @Test("are not at the end of a circle of links")
  func circle() throws {
    try FileManager.default.createSymbolicLink(atPath: path("a"), withDestinationPath: "b")
    try FileManager.default.createSymbolicLink(atPath: path("b"), withDestinationPath: "a")
    let error = #expect(throws: Diagnostic.self) { try write("x", to: "a") }
    #expect(error?.message.contains("Too many levels of symbolic links") == true)
  }

  @Test("may be FIFOs, which stay FIFOs")
  func fifo() throws {
    try #require(mkfifo(path("fifo"), 0o600) == 0)
    let reader = Process()
    reader.executableURL = URL(filePath: "/bin/sh")
    reader.arguments = ["-c", "cat '\(path("fifo"))' > '\(path("read"))'"]
    try reader.run()
    try write("through", to: "fifo")
    reader.waitUntilExit()
    #expect(try text("read") == "through")
    #expect(kind(path("fifo")) == S_IFIFO)
  }

  @Test("may be devices, which stay devices, whoever writes")
  func devices() throws {
    try OutputFile.write(Data("x".utf8), to: "/dev/null")
    #expect(kind("/dev/null") == S_IFCHR)
    let error = #expect(throws: Diagnostic.self) { try OutputFile.write(Data("x".utf8), to: "/dev/full") }
    let text = error?.text ?? ""
    #expect(text.contains("/dev/full: cannot write the file: No space left on device"), "\(text)")
    #expect(kind("/dev/full") == S_IFCHR)
    try FileManager.default.createSymbolicLink(atPath: path("link"), withDestinationPath: "/dev/full")
    #expect(throws: Diagnostic.self) { try write("x", to: "link") }
    #expect(kind(path("link")) == S_IFLNK)
  }

  @Test("are no folders, and are in folders that are there")
  func folders() throws {
    let folder = #expect(throws: Diagnostic.self) { try OutputFile.check(self.folder.path) }
    #expect(folder?.message == "cannot write the file: it is a folder.")
    let missing = #expect(throws: Diagnostic.self) { try OutputFile.check(path("no/file")) }
    #expect(missing?.message == "cannot write the file: No such file or directory.")
  }

  @Test("are kept where they are read-only, also by the superuser, unless that is asked for")
  func readOnly() throws {
    try write("mine", to: "file")
    try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: path("file"))
    let error = #expect(throws: Diagnostic.self) { try write("other", to: "file") }
    #expect(error?.message == "cannot write the file: it is read-only.")
    #expect(error?.hint?.contains("--force") == true)
    #expect(try text("file") == "mine")
    try OutputFile.write(Data("other".utf8), to: path("file"), readOnlyFiles: .replaced)
    #expect(try text("file") == "other")
  }

  @Test("that another program writes are regular files, links resolved")
  func forOthers() throws {
    try FileManager.default.createSymbolicLink(atPath: path("link"), withDestinationPath: "file")
    #expect(try OutputFile.file(path("link")) == path("file"))
    #expect(throws: Diagnostic.self) { try OutputFile.file("/dev/null") }
  }
}
