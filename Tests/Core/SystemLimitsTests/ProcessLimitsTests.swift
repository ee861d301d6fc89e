import Foundation
import SystemLimits
import Testing

@Suite("Limits of the process")
struct ProcessLimitsTests {
  /// What the shell's `ulimit` prints in a child, which inherits the limits.
  private func ulimit(_ option: String) throws -> String {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-c", "ulimit \(option)"]
    process.standardOutput = output
    try process.run()
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  @Test("an error that is none of a limit has the system's words alone")
  func words() {
    #expect(ProcessLimits.text(ofError: ENOENT) == "No such file or directory")
    #expect(ProcessLimits.text(ofError: ENOSPC) == "No space left on device")
  }

  @Test("an error of a limit names it, its value as ulimit prints it, and the option that raises it")
  func values() throws {
    #expect(
      ProcessLimits.text(ofError: EMFILE)
        == "Too many open files: the limit of open files is \(try ulimit("-n")); raise it with ulimit -n")
    #expect(
      ProcessLimits.text(ofError: EAGAIN)
        == "Resource temporarily unavailable: the user's limit of processes and threads is \(try ulimit("-u")); "
        + "raise it with ulimit -u")
  }

  @Test("more open files are allowed up to the hard limit, never fewer")
  func openFiles() throws {
    let before = try #require(ProcessLimits.allowOpenFiles(0))
    let after = try #require(ProcessLimits.allowOpenFiles(before))
    #expect(after >= before)
    #expect(throws: Never.self) { try ProcessLimits.requireThread() }
  }
}
