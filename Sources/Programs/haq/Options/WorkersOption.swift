import ArgumentParser

/// How many evaluators measure at once.
struct WorkersOption: ParsableArguments {
  @Option(
    name: .customLong("workers"),
    help: ArgumentHelp("Evaluators that run at once and share --threads, 1 to 256.", valueName: "n"))
  var count = 1

  func validate() throws {
    guard (1...256).contains(count) else { throw ValidationError("--workers must be 1 to 256.") }
  }

  /// Says on standard error how several share the work.
  ///
  /// - Parameter limits: What keeps them from helping throughout, to be said after it.
  func tell(_ evaluator: EvaluatorOption, limits: String = "") {
    guard count > 1 else { return }
    let threads = evaluator.threads(count)
    let each =
      evaluator.evaluator == nil
      ? "with \(threads) \(threads == 1 ? "thread" : "threads") each" : "of your program"
    StandardError.write("\(count) evaluators \(each)\(limits)\n")
  }
}
