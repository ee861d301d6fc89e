import Foundation
import Targets

/// What a command needs to know of the process it runs in.
enum RunningProgram {
  /// The absolute path of the executable, symbolic links resolved.
  static let path: String = {
    let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return link ?? URL(filePath: CommandLine.arguments[0]).standardizedFileURL.path
  }()

  /// The specs that this process can choose from.
  static func catalog() throws -> TargetCatalog {
    try TargetCatalog(
      searching: SearchPath(environment: ProcessInfo.processInfo.environment, program: path), program: path)
  }
}
