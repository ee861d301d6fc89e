import ArgumentParser
import Terminal

/// How many evaluators measure at once, and where.
struct WorkersOption: ParsableArguments {
  @Option(
    name: .customLong("workers"),
    help: ArgumentHelp(
      "Evaluators that run at once, 1 to 256; on this machine they share --threads, on others each has them.",
      valueName: "n"))
  var count = 1

  @OptionGroup var place: LauncherOption

  func validate() throws {
    guard (1...256).contains(count) else { throw ValidationError("--workers must be 1 to 256.") }
  }

  var areLocal: Bool { place.launcher == .local }

  /// Says on standard error how several share the work.
  ///
  /// - Parameter limits: What keeps them from helping throughout, to be said after it.
  func tell(_ evaluator: EvaluatorOption, limits: String = "") {
    guard count > 1 || !areLocal else { return }
    let threads = evaluator.threads(of: self)
    let each =
      evaluator.evaluator == nil
      ? "with \(threads) \(threads == 1 ? "thread" : "threads") each" : "of your program"
    let origin = areLocal ? "" : " by \(place.launcher.rawValue)"
    StandardError.write("\(count) \(count == 1 ? "evaluator" : "evaluators")\(origin) \(each)\(limits)\n")
  }
}
