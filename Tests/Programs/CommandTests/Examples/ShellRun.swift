import FixtureBuilding
import Foundation

/// One command line, run by bash with the built programs on the PATH.
struct ShellRun: Sendable {
  var exitCode: Int32
  var output: String
  var errors: String

  init(_ command: String, in folder: String) throws {
    let programs = URL(filePath: try Places.builtLibrary("haq")).deletingLastPathComponent().path
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-c", "set -e -o pipefail\n\(command)"]
    process.currentDirectoryURL = URL(filePath: folder)
    process.environment = [
      "PATH": "\(programs):/usr/bin:/bin", "HOME": folder, "HAQ": Places.package, "LANG": "C.UTF-8",
      "HAQ_ADD_TARGETS": "my-specs",
    ]
    // Files, because what a pipe holds would stop a program that prints more.
    let files = try ["output.log", "errors.log"].map { name in
      let path = "\(folder)/\(name)"
      try Data().write(to: URL(filePath: path))
      return try FileHandle(forUpdating: URL(filePath: path))
    }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = files[0]
    process.standardError = files[1]
    try process.run()
    process.waitUntilExit()
    exitCode = process.terminationStatus
    let texts = try files.map { file in
      try file.seek(toOffset: 0)
      return String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
    }
    (output, errors) = (texts[0], texts[1])
  }
}
