import Foundation
import Targets

/// Where this program lies; the evaluator, plugins and specs are found from there.
struct ProgramFolder {
  private let program: String

  init() throws {
    program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
  }

  /// Another program of the same build.
  func sibling(_ name: String) -> URL {
    URL(filePath: program).deletingLastPathComponent().appending(path: name)
  }

  /// A target of this checkout or installation, whatever the user's environment adds.
  func target(_ id: String) throws -> Target {
    let path = SearchPath(environment: [:], program: program)
    return try TargetCatalog(searching: path, program: program).target(id)
  }
}
