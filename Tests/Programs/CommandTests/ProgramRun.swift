import Documents
import FixtureBuilding
import Foundation

/// The built `haq`, started in a folder and left running; its errors go to a file there.
struct RunningProgram {
  let process = Process()
  let errors: String

  init(_ arguments: [String], in folder: String, environment: [String: String] = [:]) throws {
    errors = "\(folder)/errors"
    process.executableURL = URL(filePath: try Places.builtLibrary("haq"))
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: folder)
    process.environment = ["HAQ_TARGETS": "\(Places.package)/hardware-specs"].merging(environment) { $1 }
    process.standardOutput = FileHandle.nullDevice
    try Data().write(to: URL(filePath: errors))
    process.standardError = try FileHandle(forWritingTo: URL(filePath: errors))
    try process.run()
  }
}

/// One run of the built `haq`, and what came of it.
struct ProgramRun {
  var exitCode: Int32
  var output: String
  var errors: String

  /// Runs `haq` in `folder`, with `environment` on top of an empty data path.
  init(_ arguments: [String], in folder: String = "/", environment: [String: String] = [:]) throws {
    let process = Process()
    process.executableURL = URL(filePath: try Places.builtLibrary("haq"))
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: folder)
    process.environment = ["HAQ_TARGETS": "\(Places.package)/hardware-specs"].merging(environment) { $1 }
    let (output, errors) = (Pipe(), Pipe())
    // A program that another test starts meanwhile must not hold these open.
    for handle in [output, errors].flatMap({ [$0.fileHandleForReading, $0.fileHandleForWriting] }) {
      _ = fcntl(handle.fileDescriptor, F_SETFD, FD_CLOEXEC)
    }
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    // Errors are short and fit the pipe while the output is read to its end.
    self.output = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    self.errors = String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    exitCode = process.terminationStatus
  }
}

extension ProgramRun {
  /// What the command printed with `--format json`.
  func document<D: Document>(_ type: D.Type = D.self) throws -> D { try D(json: output) }
}
