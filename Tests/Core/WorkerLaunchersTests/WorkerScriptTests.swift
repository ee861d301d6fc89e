import Foundation
import Testing
import WorkerLaunchers

/// The shell beside a worker's program, by what it writes.
@Suite struct WorkerScriptTests {
  private func lines(_ command: String) throws -> [Substring] {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = [
      "-c", WorkerHello.script(host: "node1", job: "7.0"), "haq-worker", "/bin/sh", "-c", command,
    ]
    process.environment = ["PATH": "/usr/bin:/bin"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
  }

  private static let hello: Substring = "haq.worker/1.0\thello\tnode1\t7.0\t"

  @Test("says hello first, and at last how the program ended", arguments: [0, 3])
  func ends(_ status: Int) throws {
    let expected: [Substring] = [Self.hello, "reply", "haq.worker/1.0\texit\t\(status)"]
    #expect(try lines("echo reply; exit \(status)") == expected)
  }

  @Test("says that a program was killed, unless it is killed itself a moment later")
  func killed() throws {
    #expect(try lines("kill -KILL $$") == [Self.hello, "haq.worker/1.0\texit\t137"])
    #expect(try lines("(sleep 0.3; kill -KILL $PPID) >/dev/null & kill -KILL $$") == [Self.hello])
  }
}
