public import Evaluation

/// One search: a method that proposes, an evaluator that measures, a budget that holds.
///
/// Has no clock and no files. Equal method, options, space, budget and answers of the evaluator give equal
/// results on one machine.
public struct Search: Sendable {
  public let problem: SearchProblem
  public let method: any SearchMethod
  public let options: SearchOptions

  /// - Precondition: at least one evaluation, and one policy kept.
  public init(_ problem: SearchProblem, method: any SearchMethod, options: SearchOptions) {
    precondition(options.evaluations > 0 && options.kept > 0)
    self.problem = problem
    self.method = method
    self.options = options
  }

  /// Runs until the evaluations are spent, the method has nothing more to propose, or a callback asks to stop.
  ///
  /// - Parameters:
  ///   - resumption: Where an interrupted search with the same method, options, space, budget and answers had come to.
  ///     It continues there, and ends as if it had never been interrupted; a state of another format is ignored.
  ///   - onEpisode: Called after each measured policy, with everything found so far.
  ///   - onSensitivityMeasurement: Called after each sensitivity measurement, with how many are done and planned.
  ///   - onCheckpoint: Called from time to time with a state that the search can resume from.
  /// - Throws: `SearchFailure` with the result so far, when the evaluator throws.
  public func run(
    _ evaluator: any AccuracyEvaluator, resuming resumption: Resumption? = nil,
    onEpisode: @escaping (Episode, SearchResult) -> Continuation = { _, _ in .next },
    onSensitivityMeasurement: @escaping (Int, Int) -> Continuation = { _, _ in .next },
    onCheckpoint: @escaping (Checkpoint) -> Continuation = { _ in .next }
  ) throws(SearchFailure) -> SearchResult {
    let log = SearchLog(
      problem, options: options, evaluator: evaluator, resuming: resumption, onCheckpoint: onCheckpoint,
      onSensitivityMeasurement: onSensitivityMeasurement, onEpisode: onEpisode)
    do throws(SearchLog.End) {
      try log.measureReference()
      try method.search(log)
      return log.result(ending: .completed)
    } catch {
      switch error {
      case .spent: return log.result(ending: .completed)
      case .stopped: return log.result(ending: .stopped)
      case .failed(let cause):
        throw SearchFailure(cause: cause, partial: log.result(ending: .interrupted))
      }
    }
  }
}
