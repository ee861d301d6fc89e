import Foundation
import Targets

/// Where this program lies; the evaluator, plugins and specs are found from there.
struct ProgramFolder {
  let program: String

  init() throws {
    program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
  }

  /// The Python of the tests' virtual environment; nil before `make test` has made that.
  var comparisonPython: String? {
    let path = URL(filePath: program).deletingLastPathComponent().appending(
      path: "../../../.build-comparison/environment/bin/python"
    ).standardized.path
    return FileManager.default.isExecutableFile(atPath: path) ? path : nil
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
