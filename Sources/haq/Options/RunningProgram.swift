import Foundation
import SpecLanguage
import Targets

/// What a command needs to know of the process it runs in.
enum RunningProgram {
  /// The absolute path of the executable, symbolic links resolved.
  static let path: String = {
    let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return link ?? URL(filePath: CommandLine.arguments[0]).standardizedFileURL.path
  }()

  /// What follows the name of the command, for commands of one word.
  static var commandArguments: [String] { Array(CommandLine.arguments.dropFirst(2)) }

  /// SHA-256 of the executable, lower-case hex.
  static func sha256() throws -> String {
    try Data(contentsOf: URL(filePath: path), options: .mappedIfSafe).sha256
  }

  /// The specs that this process can choose from.
  static func catalog() throws -> TargetCatalog {
    try TargetCatalog(
      searching: SearchPath(environment: ProcessInfo.processInfo.environment, program: path), program: path)
  }
}
