import Diagnostics
import Foundation

/// The program of a scheduler.
struct LaunchProgram: Sendable {
  let file: URL

  /// Finds a program by its name on the search path, or by its path.
  ///
  /// Throws a `Diagnostic` when there is none that can be run.
  init(_ name: String, searching path: String?, hint: String) throws {
    let places =
      name.contains("/")
      ? [name] : (path ?? "").split(separator: ":", omittingEmptySubsequences: true).map { "\($0)/\(name)" }
    guard let found = places.first(where: FileManager.default.isExecutableFile(atPath:)) else {
      throw Diagnostic(
        name.contains("/")
          ? "\(name) is no program that can be run." : "no folder of PATH has the program \(name).",
        hint: hint)
    }
    // A worker may start in another folder than this program.
    file = URL(filePath: found).absoluteURL
  }
}
