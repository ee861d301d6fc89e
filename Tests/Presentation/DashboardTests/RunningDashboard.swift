import FixtureBuilding
import Foundation
import StudyBuilding

/// `haq dashboard`, started on a free port, with a study that the test writes.
final class RunningDashboard {
  let study: GrowingStudy
  /// The secret part of the address.
  let token: String
  let port: Int
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }
  private let process = Process()

  struct NotAnAddress: Error { var output: String }

  /// - Parameter openFiles: How many the dashboard may have; nil for as many as the test.
  init(openFiles: Int? = nil) throws {
    temporary = try TemporaryFolder()
    study = try GrowingStudy(in: temporary.path)
    let haq = try Places.builtLibrary("haq")
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = [
      "-c", "\(openFiles.map { "ulimit -n \($0); " } ?? "")exec \"$@\"", "sh", haq, "dashboard", study.path,
      "--port",
      "0",
    ]
    let output = Pipe()
    for handle in [output.fileHandleForReading, output.fileHandleForWriting] {
      // A program that another test starts meanwhile must not hold these open.
      _ = fcntl(handle.fileDescriptor, F_SETFD, FD_CLOEXEC)
    }
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    guard let address = text.firstMatch(of: /^http:\/\/127\.0\.0\.1:([0-9]+)\/([0-9a-f]+)\/\n/),
      let port = Int(address.1)
    else { throw NotAnAddress(output: text) }
    (token, self.port) = (String(address.2), port)
  }

  deinit {
    if process.isRunning { process.terminate() }
    process.waitUntilExit()
  }

  /// Ctrl-C; returns the exit code.
  func interrupt() -> Int32 {
    process.interrupt()
    process.waitUntilExit()
    return process.terminationStatus
  }

  func removeStudy() throws { try FileManager.default.removeItem(atPath: study.path) }

  /// The whole answer to one request.
  func answer(_ path: String, method: String = "GET") throws -> String {
    let connection = try RawConnection(port: port)
    try connection.send(path, headers: ["Connection: close"], method: method)
    return try connection.readAll()
  }

  /// A stream of events whose head has been read.
  func events(_ headers: [String] = []) throws -> RawConnection {
    let connection = try RawConnection(port: port)
    try connection.send("/\(token)/events", headers: headers)
    _ = try connection.read(to: "\r\n\r\n")
    return connection
  }
}
