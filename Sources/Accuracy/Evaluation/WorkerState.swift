public import WorkerLaunchers

/// What a worker of a pool does.
public struct WorkerState: Hashable, Sendable {
  public var stage: Stage
  /// What it is asked; nil while it waits for a question.
  public var request: EvaluationRequest?
  /// For how long it has been asked that.
  public var busy: Duration?
  /// How often it died or was killed.
  public var crashCount: Int
  /// Where it runs, or ran last; nil on this machine.
  public var hello: WorkerHello?
  /// How many questions it answered.
  public var answerCount: Int
  /// How long it waited to be run on another machine, in all.
  public var queueSeconds: Double
  /// What it did on each machine; empty for one on this machine.
  public var workByHost: [String: HostWork]

  public init(
    _ stage: Stage, request: EvaluationRequest? = nil, busy: Duration? = nil, crashCount: Int = 0,
    hello: WorkerHello? = nil, answerCount: Int = 0, queueSeconds: Double = 0,
    workByHost: [String: HostWork] = [:]
  ) {
    self.stage = stage
    self.request = request
    self.busy = busy
    self.crashCount = crashCount
    self.hello = hello
    self.answerCount = answerCount
    self.queueSeconds = queueSeconds
    self.workByHost = workByHost
  }

  /// How far it is from being asked.
  public enum Stage: Hashable, Sendable {
    /// It was launched, and waits for another machine.
    case waiting(Duration)
    /// Its program runs and has not described itself, or is about to be started again.
    case starting
    case up
    /// It did not start too often, and is started no more.
    case givenUp
  }
}
