public import WorkerLaunchers

/// A result, and who took how long to find it.
public struct Answer: Hashable, Sendable {
  public var result: EvaluationResult
  /// Which of several evaluators answered, from 1.
  public var worker: Int
  /// By the clock on the wall, what evaluators that died on the question took included.
  public var durationSeconds: Double
  /// Of the worker; nil where nobody says.
  public var place: WorkerPlace?

  public init(
    _ result: EvaluationResult, worker: Int, durationSeconds: Double, place: WorkerPlace? = nil
  ) {
    self.result = result
    self.worker = worker
    self.durationSeconds = durationSeconds
    self.place = place
  }
}

/// Where a worker runs, and what befell it so far.
public struct WorkerPlace: Hashable, Sendable {
  /// What it said of another machine; nil on this one.
  public var hello: WorkerHello?
  /// How often it died or was killed.
  public var restarts: Int
  /// How long it waited to be run on another machine, in all.
  public var queueSeconds: Double

  public init(hello: WorkerHello? = nil, restarts: Int = 0, queueSeconds: Double = 0) {
    (self.hello, self.restarts, self.queueSeconds) = (hello, restarts, queueSeconds)
  }
}

/// How surely an announced question will be asked.
public enum Likelihood: Hashable, Sendable {
  /// Unless the search ends before; its answer may be recorded as soon as it is there.
  case surely
  /// Unless an earlier answer changes what is asked; such announcements replace the earlier ones.
  case probably
}

extension AccuracyEvaluator {
  /// No other request is made meanwhile.
  public func answer(
    _ request: EvaluationRequest, meanwhile: (EvaluationRequest, Answer) throws -> Void
  ) throws -> Answer {
    let start = ContinuousClock.now
    let result = try evaluate(request)
    return Answer(result, worker: 1, durationSeconds: (ContinuousClock.now - start) / .seconds(1))
  }

  /// One evaluator cannot begin with what comes next.
  public func expect(_ requests: [EvaluationRequest], _ likelihood: Likelihood) {}

  public var foresight: Int { 0 }
}
