internal import Foundation

/// One run of a command-line tool, and what came of it.
package struct CompilerRun {
  package var exitCode: Int32
  /// Standard output and standard error together.
  package var output: String

  /// Runs a tool by absolute path and waits for it.
  package init(_ tool: String, _ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(filePath: tool)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    // Reading to the end before waiting: a full pipe would block the tool for ever.
    let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    exitCode = process.terminationStatus
    output = String(decoding: bytes, as: UTF8.self)
  }

  /// The first executable called `name` in the search path, nil when there is none.
  package static func find(_ name: String) -> String? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
      .map { "\($0)/\(name)" }
      .first(where: FileManager.default.isExecutableFile(atPath:))
  }
}
