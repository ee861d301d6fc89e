internal import Foundation

/// A shared library made from a C file in Tests/Fixtures/plugins; its file goes with this object.
package final class FixtureLibrary {
  package let path: String

  /// Compiles with the command that docs/abi.md gives plugin authors; throws with the compiler's words.
  ///
  /// - Parameter defines: such as `FIXTURE_MAJOR=2`.
  package init(_ source: String = "fixture.c", defines: [String] = []) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "haq-fixture-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    path = folder.appending(path: "libfixture.so").path
    try Self.compile([Places.package + "/Tests/Fixtures/plugins/\(source)"], defines: defines, to: path)
  }

  /// Compiles C files into one library at `path`.
  package static func compile(_ sources: [String], defines: [String] = [], to path: String) throws {
    guard let compiler = CompilerRun.find("cc") ?? CompilerRun.find("clang") else { throw NoCompiler() }
    let run = try CompilerRun(
      compiler,
      ["-shared", "-fPIC", "-fvisibility=hidden", "-Wall", "-Wextra", "-Werror", "-I", Places.pluginHeaders]
        + defines.map { "-D" + $0 } + sources + ["-o", path])
    guard run.exitCode == 0 else { throw CompilerFailed(output: run.output) }
  }

  // A loaded library stays in memory when its file goes.
  deinit { try? FileManager.default.removeItem(at: URL(filePath: path).deletingLastPathComponent()) }

  package struct NoCompiler: Error, CustomStringConvertible {
    package var description: String {
      "neither cc nor clang is in PATH; fixtures are compiled by these tests"
    }
  }

  package struct CompilerFailed: Error, CustomStringConvertible {
    var output: String
    package var description: String { "the fixture does not compile:\n" + output }
  }
}
