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

/// What happened to a worker of a pool, beside its answers.
public struct WorkerEvent: Sendable {
  /// From 1.
  public var worker: Int
  public var kind: Kind

  public enum Kind: Sendable {
    /// It can be asked.
    ///
    /// - Parameter queueSeconds: How long it has waited to be run on another machine, in all.
    case up(WorkerHello?, queueSeconds: Double)
    /// It died while it was asked; the question is asked again.
    case died(any Error)
    /// It did not start, and is tried again.
    case notUp(any Error)
    /// It did not start, and is tried no more; the others go on.
    case givenUp(any Error)
  }

  public init(worker: Int, _ kind: Kind) { (self.worker, self.kind) = (worker, kind) }

  /// One sentence for people, without its full stop.
  public var text: String {
    switch kind {
    case .up(let hello, let queueSeconds):
      let place = hello.map { hello in
        let details = [
          hello.job.isEmpty ? "" : "job \(hello.job)",
          hello.devices.isEmpty ? "" : "devices \(hello.devices)",
          "\((queueSeconds * 10).rounded() / 10) s in the queue",
        ]
        return " on \(hello.host) (\(details.filter { !$0.isEmpty }.joined(separator: ", ")))"
      }
      return "worker \(worker) is up\(place ?? "")"
    case .died(let error): return "worker \(worker) died and is started again: \(error)"
    case .notUp(let error): return "worker \(worker) did not start and is tried again: \(error)"
    case .givenUp(let error): return "worker \(worker) is given up: \(error)"
    }
  }
}
