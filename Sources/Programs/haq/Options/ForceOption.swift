import ArgumentParser
import Diagnostics

/// `--force`, for commands that write files.
struct ForceOption: ParsableArguments {
  @Flag(name: .customLong("force"), help: "Replace files that are read-only.")
  var isGiven = false

  var readOnlyFiles: OutputFile.ReadOnlyFiles { isGiven ? .replaced : .kept }
}
