internal import Foundation

/// One run of a built program that may take 2 GiB of address space, and what came of it.
package struct LimitedRun {
  package static let addressSpaceBytes = 2 << 30

  package var exitCode: Int32
  /// Standard output and standard error together.
  package var output: String
  package var seconds: Double

  /// Runs a program beside the test bundle, in `folder`; what it cannot have of memory ends it with a signal.
  package init(_ program: String, _ arguments: [String], in folder: String) throws {
    let limit = Self.addressSpaceBytes >> 10
    let start = ContinuousClock.now
    let run = try CompilerRun(
      "/bin/sh",
      [
        "-c", "cd \"$1\" && shift && ulimit -c 0 && ulimit -v \(limit) && exec \"$@\" </dev/null", "sh",
        folder,
        try Places.builtLibrary(program),
      ] + arguments)
    (exitCode, output) = (run.exitCode, run.output)
    seconds = (ContinuousClock.now - start) / .seconds(1)
  }
}
