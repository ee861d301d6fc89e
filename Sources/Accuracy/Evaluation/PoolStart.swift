import WorkerLaunchers

/// The start of a pool, until its work can begin.
struct PoolStart {
  let workers: [EvaluatorWorker]
  let news: Mailbox<(worker: Int, EvaluatorWorker.News)>
  let terms: PoolTerms
  let command: String

  /// What the evaluators hold.
  ///
  /// Throws when all must start and one did not, or one is enough and each has failed at least once: a
  /// misspelled name is an error at once, not after ten attempts.
  func description(
    _ onEvent: (WorkerEvent) -> Void, whileWaiting: () -> Void
  ) throws -> EvaluatorDescription {
    var descriptions: [EvaluatorDescription] = []
    while true {
      guard let (number, arrived) = news.take(within: 0.2) else {
        whileWaiting()
        continue
      }
      let worker = workers[number - 1]
      onEvent(worker.note(arrived))
      if case .up(let description) = arrived { descriptions.append(description) }
      if let first = descriptions.first, !terms.allMustStart { return first }
      guard workers.allSatisfy({ $0.isUp || $0.isGivenUp || (!terms.allMustStart && $0.failure != nil) })
      else { continue }
      if let failure = workers.compactMap(\.failure).first { throw failure }
      guard let first = descriptions.first, descriptions.allSatisfy({ $0 == first }) else {
        throw EvaluatorError.notAlike(command: command)
      }
      return first
    }
  }
}

extension EvaluatorWorker {
  /// Takes in what its thread reports of its life.
  func note(_ news: News) -> WorkerEvent {
    switch news {
    case .up:
      (isUp, failure) = (true, nil)
      if let hello = lifeline.hello { ledger.begin(on: hello.host, at: .now) }
      return WorkerEvent(worker: number, .up(lifeline.hello, queueSeconds: lifeline.queueSeconds))
    case .died(let error, let seconds):
      isUp = false
      ledger.add(seconds: seconds, isAnswered: false)
      ledger.end(at: .now)
      return WorkerEvent(worker: number, .died(error))
    case .notUp(let error):
      (isUp, failure) = (false, error)
      return WorkerEvent(worker: number, .notUp(error))
    case .givenUp(let error):
      (isUp, isGivenUp, failure) = (false, true, error)
      return WorkerEvent(worker: number, .givenUp(error))
    case .answered: preconditionFailure("an answer is no change of a worker's life")
    }
  }

  /// What it does now.
  var state: WorkerState {
    WorkerState(
      stage, request: task?.request, busy: task.map { .now - $0.start },
      crashCount: lifeline.crashCount,
      hello: lifeline.hello, answerCount: answerCount, queueSeconds: lifeline.queueSeconds,
      workByHost: ledger.work(until: .now))
  }

  /// Where it runs, or ran last.
  var place: WorkerPlace {
    WorkerPlace(hello: lifeline.hello, restarts: lifeline.crashCount, queueSeconds: lifeline.queueSeconds)
  }

  private var stage: WorkerState.Stage {
    if isGivenUp { return .givenUp }
    if isUp { return .up }
    return lifeline.waitingSince.map { .waiting(.now - $0) } ?? .starting
  }
}
