import Diagnostics
import SystemLimits
public import WorkerLaunchers

/// Several evaluators of one kind at once; each answers one question at a time.
///
/// Every answer is the one that a single evaluator would give: which worker gives it, and when, changes nothing. What is
/// announced with `expect` is begun as soon as a worker is free: what is asked now first, then what is sure, then what
/// is probable. The question of a worker that dies goes to the next that is free. Not safe to share between threads.
public final class EvaluatorPool: AccuracyEvaluator {
  /// What each of the evaluators holds.
  public let description: EvaluatorDescription
  /// Called on the asking thread while it waits, about five times a second.
  public var whileWaiting: () -> Void = {}

  /// The command line of the first one.
  public let command: String

  private let workers: [EvaluatorWorker]
  private let news: Mailbox<(worker: Int, EvaluatorWorker.News)>
  private let terms: PoolTerms
  private let onEvent: (WorkerEvent) -> Void
  /// Announced and not begun, in order.
  private var sure: [EvaluationRequest] = []
  private var probable: [EvaluationRequest] = []
  /// Every request ever announced as sure and not asked for yet.
  private var announced: Set<EvaluationRequest> = []
  /// What `answer` waits for.
  private var asked: EvaluationRequest?
  /// What came before it was asked for, and is forgotten then: a study or a `RememberingEvaluator` in front keeps answers.
  private var answers: [EvaluationRequest: Result<Answer, any Error>] = [:]
  /// Answers to sure questions that were not handed on yet.
  private var untold: [EvaluationRequest] = []
  /// Of questions on which workers died, until they are answered.
  private var deaths: [EvaluationRequest: QuestionDeaths] = [:]
  private var failuresInARow = 0
  /// Set once no answer can come any more, or enough policies failed that the evaluator must be at fault.
  private var fatal: (any Error)?

  /// Policies that may fail in a row; more do not fail by themselves.
  private static let mostFailuresInARow = 10

  /// Starts one evaluator for each launch, all at the same time; those of this machine must all start, of those of other
  /// machines one is enough to begin with.
  ///
  /// - Parameters:
  ///   - onEvent: Hears on the asking thread what happens to the workers.
  ///   - whileStarting: Called about five times a second until the work can begin.
  /// - Precondition: there is at least one launch.
  /// - Throws: `EvaluatorError`, when too few start or one describes something else than the first.
  public convenience init(
    _ launches: [EvaluatorLaunch], onEvent: @escaping (WorkerEvent) -> Void = { _ in },
    whileStarting: ([WorkerState]) -> Void = { _ in }
  ) throws {
    precondition(!launches.isEmpty)
    let once = launches.map { launch in
      var launch = launch
      launch.restarts = 0
      return launch
    }
    try self.init(
      launches.count, command: launches[0].command, terms: PoolTerms(launches[0]), onEvent: onEvent,
      whileStarting: whileStarting, starting: { try EvaluatorProcess(once[$0], lifeline: $1) })
  }

  /// A pool of any evaluators; each is started, and then asked, on a thread of its own.
  ///
  /// - Parameter start: Starts the one at a position, from 0.
  /// - Precondition: there is at least one.
  package init(
    _ count: Int, command: String, terms: PoolTerms = PoolTerms(),
    onEvent: @escaping (WorkerEvent) -> Void = { _ in },
    whileStarting: ([WorkerState]) -> Void = { _ in },
    starting start: @escaping @Sendable (Int, EvaluatorLifeline) throws -> any PooledEvaluator
  ) throws {
    precondition(count > 0)
    (self.command, self.terms, self.onEvent) = (command, terms, onEvent)
    let news = Mailbox<(worker: Int, EvaluatorWorker.News)>()
    try ProcessLimits.requireThread()
    let workers = (0..<count).map { index in
      EvaluatorWorker(
        index + 1,
        .init(evaluator: { try start(index, $0) }, attempts: terms.attempts, firstPause: terms.firstPause),
        news)
    }
    (self.news, self.workers) = (news, workers)
    do {
      description = try PoolStart(workers: workers, news: news, terms: terms, command: command)
        .description(onEvent) { whileStarting(workers.map(\.state)) }
    } catch {
      for worker in workers { worker.end() }
      throw error
    }
  }

  deinit { end() }

  /// Ends all evaluators, also those that are in the middle of an answer or still starting.
  public func end() { for worker in workers { worker.end() } }

  /// In the order of their numbers.
  public var states: [WorkerState] { workers.map(\.state) }

  /// One evaluator guesses nothing; several have one question each to go on with while answers are waited for.
  public var foresight: Int { workers.count > 1 ? 2 * workers.count : 0 }

  /// A question may be announced twice, in one list or in several: it is asked, and its answer handed on, once.
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
    asked = request
    defer { asked = nil }
    let isBegun = workers.contains { $0.task?.request == request }
    if answers[request] == nil, !isBegun { putFirst(request) }
    while true {
      while let arrived = news.take(within: 0) { settle(arrived) }
      beginWork()
      try tell(meanwhile)
      if let answer = answers.removeValue(forKey: request) { return try answer.get() }
      if let fatal { throw fatal }
      if let arrived = news.take(within: 0.2) { settle(arrived) } else { whileWaiting() }
    }
  }

  private func putFirst(_ request: EvaluationRequest) {
    sure.removeAll { $0 == request }
    probable.removeAll { $0 == request }
    sure.insert(request, at: 0)
  }

  private func beginWork() {
    for worker in workers where worker.isUp && worker.task == nil {
      if !sure.isEmpty {
        worker.begin(sure.removeFirst())
      } else if !probable.isEmpty {
        worker.begin(probable.removeFirst())
      }
    }
  }

  private func settle(_ arrived: (worker: Int, EvaluatorWorker.News)) {
    let worker = workers[arrived.worker - 1]
    switch arrived.1 {
    case .answered(let result, let seconds):
      worker.answerCount += 1
      worker.ledger.add(seconds: seconds, isAnswered: true)
      settle(worker.finish(), result, by: worker.number, seconds)
    case .died(let error, let seconds):
      let request = worker.finish()
      onEvent(worker.note(arrived.1))
      retry(request, after: error, of: worker.number, seconds)
    case .up(let description):
      onEvent(worker.note(arrived.1))
      if description != self.description { fatal = fatal ?? EvaluatorError.notAlike(command: command) }
    case .notUp: onEvent(worker.note(arrived.1))
    case .givenUp(let error):
      onEvent(worker.note(arrived.1))
      if terms.allMustStart || workers.allSatisfy(\.isGivenUp) { fatal = fatal ?? error }
    }
  }

  /// Asks again, unless workers died on the question too often; a guess is only asked again when it is needed.
  private func retry(
    _ request: EvaluationRequest, after error: EvaluatorError, of worker: Int, _ seconds: Double
  ) {
    var deaths = deaths[request] ?? QuestionDeaths()
    deaths.note(error, seconds)
    self.deaths[request] = deaths
    if let failure = deaths.failure(under: terms) {
      settle(request, .failure(failure), by: worker, 0)
    } else if asked == request || announced.contains(request) {
      putFirst(request)
    }
  }

  private func settle(
    _ request: EvaluationRequest, _ result: Result<EvaluationResult, any Error>, by worker: Int,
    _ seconds: Double
  ) {
    let seconds = seconds + (deaths.removeValue(forKey: request)?.seconds ?? 0)
    let settled = result.flatMapError { Self.failure(of: request, $0) }
    let place = workers[worker - 1].place
    answers[request] = settled.map {
      Answer($0, worker: worker, durationSeconds: seconds, place: place)
    }
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
    fatal = fatal ?? EvaluatorError.failsAlways(policies: failuresInARow, how: how)
  }

  private func tell(_ meanwhile: (EvaluationRequest, Answer) throws -> Void) throws {
    while !untold.isEmpty {
      let request = untold.removeFirst()
      guard announced.contains(request), case .success(let answer)? = answers[request] else { continue }
      try meanwhile(request, answer)
    }
  }
}
