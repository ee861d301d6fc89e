import FixtureBuilding
import Foundation

extension TemporaryFolder {
  /// Writes `bytes` and gives the path.
  func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    try Data(bytes).write(to: url.appending(path: name))
    return path(name)
  }

  /// Writes `bytes` compressed by the gzip program and gives the path.
  func gzipped(_ name: String, _ bytes: [UInt8]) throws -> String {
    let plain = try file(name, bytes)
    guard let gzip = CompilerRun.find("gzip") else { throw Failure(reason: "gzip is not in PATH") }
    let run = try CompilerRun(gzip, [plain])
    guard run.exitCode == 0 else { throw Failure(reason: run.output) }
    return plain + ".gz"
  }

  struct Failure: Error {
    var reason: String
  }
}
