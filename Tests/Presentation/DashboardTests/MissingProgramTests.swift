import FixtureBuilding
import Foundation
import Testing

/// `haq` alone, as `make demo` builds it.
struct MissingProgramTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try FileManager.default.copyItem(atPath: try Places.builtLibrary("haq"), toPath: "\(folder.path)/haq")
  }

  private func run(_ arguments: [String]) throws -> (exitCode: Int32, text: String) {
    let process = Process()
    process.executableURL = URL(filePath: "\(folder.path)/haq")
    process.arguments = arguments
    let output = Pipe()
    for handle in [output.fileHandleForReading, output.fileHandleForWriting] {
      // A program that another test starts meanwhile must not hold these open.
      _ = fcntl(handle.fileDescriptor, F_SETFD, FD_CLOEXEC)
    }
    (process.standardOutput, process.standardError) = (output, output)
    try process.run()
    let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }

  @Test("haq dashboard says where it looked for its program, and how to build it")
  func missing() throws {
    let (exitCode, text) = try run(["dashboard", "run"])
    #expect(exitCode == 1)
    #expect(text.contains("\(folder.path)/haq-dashboard"))
    #expect(text.contains("swift build -c release --product haq-dashboard"))
  }

  @Test("help and mistakes in the command line need no other program")
  func withoutProgram() throws {
    let help = try run(["dashboard", "--help"])
    #expect(help.exitCode == 0 && help.text.contains("--port <port>"))
    let mistake = try run(["dashboard", "run", "--port", "65536"])
    #expect(mistake.exitCode == 64 && mistake.text.contains("--port must be 0 to 65535, not 65536."))
  }
}
