import WorkerLaunchers

/// What a pool of evaluators does when one of them fails.
package struct PoolTerms: Sendable {
  /// How often one question may be asked again after its evaluator died on it.
  package var restarts = EvaluatorLaunch.mostRestarts
  /// How often a worker is started in a row, until it is given up.
  package var attempts = 1
  /// Before the second of these attempts.
  package var firstPause = Duration.zero
  /// Whether a worker that is given up ends the work, and all must be up before it begins. Workers of other machines
  /// come and go; one of them is enough to begin, and the last to end it.
  package var allMustStart = true

  /// How often a question may be asked again because its worker was lost, which says nothing about the question unless
  /// it happens again and again.
  static let mostLosses = 20

  package init() {}

  init(_ launch: EvaluatorLaunch) {
    restarts = launch.restarts
    attempts = launch.restarts + 1
    guard let remote = launch.remote else { return }
    (attempts, firstPause, allMustStart) = (remote.attempts, remote.firstPause, false)
  }
}

/// The workers that died on one question.
struct QuestionDeaths {
  private var deaths = 0
  private var losses = 0
  /// That the question has taken so far.
  private(set) var seconds = 0.0
  private var last: EvaluatorError?

  mutating func note(_ error: EvaluatorError, _ seconds: Double) {
    if error.isLoss { losses += 1 } else { deaths += 1 }
    self.seconds += seconds
    last = error
  }

  /// Why it is asked no more; nil as long as it is.
  func failure(under terms: PoolTerms) -> EvaluatorError? {
    guard let last else { return nil }
    if deaths > terms.restarts {
      return terms.restarts > 0 ? last.givenUp(after: deaths, at: "one question") : last
    }
    return losses > PoolTerms.mostLosses ? last.givenUp(after: losses, at: "one question") : nil
  }
}
