import Core
import Diagnostics
import Foundation
import Hashing
import Specs
import Targets
import Terminal

/// What a command needs to know of the process it runs in.
enum RunningProgram {
  /// The absolute path of the executable, symbolic links resolved.
  static let path: String = {
    let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return link ?? URL(filePath: CommandLine.arguments[0]).standardizedFileURL.path
  }()

  /// Where the other files of haq are.
  static let installation = Installation(program: path)

  /// What follows the name of the command, for commands of one word.
  static var commandArguments: [String] { Array(CommandLine.arguments.dropFirst(2)) }

  /// SHA-256 of the executable, lower-case hex.
  static func sha256() throws -> String {
    try Data(contentsOf: URL(filePath: path), options: .mappedIfSafe).sha256
  }

  /// Where this process looks for specs.
  static var searchPath: SearchPath {
    SearchPath(
      environment: ProcessInfo.processInfo.environment, program: path,
      privileges: .ofThisProcess)
  }

  /// The specs that this process can choose from; warns about variables that have no say.
  static func catalog() throws -> TargetCatalog {
    let searchPath = searchPath
    Messages.warn(searchPath.notes.filter(\.isWarning).map { Diagnostic($0.text) })
    return try TargetCatalog(searching: searchPath, program: path)
  }
}
