import Diagnostics
import SystemLimits

/// Several evaluators of one kind at once; each answers one question at a time.
///
/// Every answer is the one that a single evaluator would give: which worker gives it, and when, changes nothing. What is
/// announced with `expect` is begun as soon as a worker is free: what is asked now first, then what is sure, then what
/// is probable. Not safe to share between threads.
public final class EvaluatorPool: AccuracyEvaluator {
  /// What each of the evaluators holds.
  public let description: EvaluatorDescription
  /// Called on the asking thread while it waits, about five times a second.
  public var whileWaiting: () -> Void = {}

  /// The command line of the first one.
  public let command: String

  private let workers: [EvaluatorWorker]
  private let news: Mailbox<(worker: Int, EvaluatorWorker.News)>
  /// Announced and not begun, in order.
  private var sure: [EvaluationRequest] = []
  private var probable: [EvaluationRequest] = []
  /// Every request ever announced as sure and not asked for yet.
  private var announced: Set<EvaluationRequest> = []
  /// What came before it was asked for, and is forgotten then: a study or a `RememberingEvaluator` in front keeps answers.
  private var answers: [EvaluationRequest: Result<Answer, any Error>] = [:]
  /// Answers to sure questions that nobody was told of.
  private var untold: [EvaluationRequest] = []
  private var failuresInARow = 0
  /// Set once enough policies failed that the evaluator must be at fault.
  private var evaluatorFailure: EvaluatorError?

  /// So many policies in a row do not fail by themselves.
  private static let mostFailuresInARow = 10

  /// Starts one evaluator for each launch, all at the same time.
  ///
  /// - Precondition: there is at least one launch.
  /// - Throws: `EvaluatorError`, when one does not start or describes something else than the first.
  public convenience init(_ launches: [EvaluatorLaunch]) throws {
    precondition(!launches.isEmpty)
    try self.init(
      launches.count, command: launches[0].command, starting: { try EvaluatorProcess(launches[$0]) })
  }

  /// A pool of any evaluators; each is started, and then asked, on a thread of its own.
  ///
  /// - Parameter start: Starts the one at a position, from 0.
  /// - Precondition: there is at least one.
  package init(
    _ count: Int, command: String, starting start: @escaping @Sendable (Int) throws -> any PooledEvaluator
  ) throws {
    precondition(count > 0)
    self.command = command
    let news = Mailbox<(worker: Int, EvaluatorWorker.News)>()
    try ProcessLimits.requireThread()
    let workers = (0..<count).map { index in
      EvaluatorWorker(index + 1, starting: { try start(index) }, news)
    }
    self.news = news
    self.workers = workers
    do {
      description = try Self.description(of: workers, news, command)
    } catch {
      for worker in workers { worker.end() }
      throw error
    }
  }

  deinit { end() }

  /// Ends all evaluators, also those that are in the middle of an answer.
  public func end() { for worker in workers { worker.end() } }

  private static func description(
    of workers: [EvaluatorWorker], _ news: Mailbox<(worker: Int, EvaluatorWorker.News)>, _ command: String
  ) throws -> EvaluatorDescription {
    var problem: (any Error)?
    for _ in workers {
      switch news.take(within: nil) {
      case (let worker, .started(let process))?: workers[worker - 1].started(process)
      case (_, .cannotStart(let error))?: problem = problem ?? error
      case (_, .answered)?, nil: preconditionFailure("nothing was asked yet")
      }
    }
    if let problem { throw problem }
    let descriptions = workers.compactMap(\.process?.description)
    guard descriptions.allSatisfy({ $0 == descriptions[0] }) else {
      throw EvaluatorError.notAlike(command: command)
    }
    return descriptions[0]
  }

  /// What a worker does.
  public struct WorkerState: Hashable, Sendable {
    /// What it is asked; nil while it waits.
    public var request: EvaluationRequest?
    /// For how long it has been asked that.
    public var busy: Duration?
    /// How often it died or was killed.
    public var crashCount: Int
  }

  /// In the order of their numbers.
  public var states: [WorkerState] {
    workers.map {
      WorkerState(
        request: $0.task?.request, busy: $0.task.map { .now - $0.start },
        crashCount: $0.process?.crashCount ?? 0)
    }
  }

  /// One evaluator guesses nothing; several have one question each to go on with while answers are waited for.
  public var foresight: Int { workers.count > 1 ? 2 * workers.count : 0 }

  /// A question may be announced twice, in one list or in several: it is asked, and told of, once.
  public func expect(_ requests: [EvaluationRequest], _ likelihood: Likelihood) {
    var known = Set(workers.compactMap(\.task?.request)).union(sure)
    let new = requests.filter { answers[$0] == nil && known.insert($0).inserted }
    switch likelihood {
    case .surely:
      announced.formUnion(requests.filter { answers[$0] == nil })
      sure += new
      probable.removeAll { known.contains($0) }
    case .probably: probable = new
    }
    while let arrived = news.take(within: 0) { settle(arrived) }
    beginWork()
  }

  /// A policy on which evaluators died or were silent too often has an answer too, `failed`.
  public func evaluate(_ request: EvaluationRequest) throws -> EvaluationResult {
    try answer(request) { _, _ in }.result
  }

  public func answer(
    _ request: EvaluationRequest, meanwhile: (EvaluationRequest, Answer) throws -> Void
  ) throws -> Answer {
    announced.remove(request)
    let isBegun = workers.contains { $0.task?.request == request }
    if answers[request] == nil, !isBegun { putFirst(request) }
    while true {
      while let arrived = news.take(within: 0) { settle(arrived) }
      beginWork()
      try tell(meanwhile)
      if let answer = answers.removeValue(forKey: request) { return try answer.get() }
      if let evaluatorFailure { throw evaluatorFailure }
      if let arrived = news.take(within: 0.2) { settle(arrived) } else { whileWaiting() }
    }
  }

  private func putFirst(_ request: EvaluationRequest) {
    sure.removeAll { $0 == request }
    probable.removeAll { $0 == request }
    sure.insert(request, at: 0)
  }

  private func beginWork() {
    for worker in workers where worker.task == nil {
      if !sure.isEmpty {
        worker.begin(sure.removeFirst())
      } else if !probable.isEmpty {
        worker.begin(probable.removeFirst())
      }
    }
  }

  private func settle(_ arrived: (worker: Int, EvaluatorWorker.News)) {
    guard case .answered(let result, let durationSeconds) = arrived.1 else {
      preconditionFailure("a worker starts once")
    }
    let request = workers[arrived.worker - 1].finish()
    let settled = result.flatMapError { Self.failure(of: request, $0) }
    answers[request] = settled.map { Answer($0, worker: arrived.worker, durationSeconds: durationSeconds) }
    if case .success(let result) = settled { count(result) }
    if announced.contains(request) { untold.append(request) }
  }

  /// A policy that evaluators do not survive is a result; without the unquantized network there are none at all.
  private static func failure(
    of request: EvaluationRequest, _ error: any Error
  ) -> Result<EvaluationResult, any Error> {
    guard request.policy != nil,
      case .failedRepeatedly(_, _, let times, let how, _)? = error as? EvaluatorError
    else { return .failure(error) }
    return .success(.failed("\(how) (\(times) times)"))
  }

  private func count(_ result: EvaluationResult) {
    guard case .failed(let how) = result else {
      failuresInARow = 0
      return
    }
    failuresInARow += 1
    guard failuresInARow >= Self.mostFailuresInARow else { return }
    evaluatorFailure = .failsAlways(policies: failuresInARow, how: how)
  }

  private func tell(_ meanwhile: (EvaluationRequest, Answer) throws -> Void) throws {
    while !untold.isEmpty {
      let request = untold.removeFirst()
      guard announced.contains(request), case .success(let answer)? = answers[request] else { continue }
      try meanwhile(request, answer)
    }
  }
}
