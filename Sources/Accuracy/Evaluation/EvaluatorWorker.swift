import Foundation
import WorkerLaunchers

/// What a worker of a pool asks: a program of its own, which can be ended from another thread.
package protocol PooledEvaluator: AnyObject {
  var description: EvaluatorDescription { get }

  /// Throws an `EvaluatorError` that is a crash when it died; it is not asked again before `revive`.
  func evaluate(_ request: EvaluationRequest) throws -> EvaluationResult

  /// Starts it again after it died.
  func revive() throws
}

extension EvaluatorProcess: PooledEvaluator {}

/// One evaluator with its own thread, which starts it, asks one question after the other, and starts it again.
final class EvaluatorWorker {
  /// From 1.
  let number: Int
  let lifeline = EvaluatorLifeline()
  /// What it is asked now, and since when.
  private(set) var task: (request: EvaluationRequest, start: ContinuousClock.Instant)?
  /// Whether it can be asked.
  var isUp = false
  /// Whether it is started no more.
  var isGivenUp = false
  /// Of its last attempt to start, while it is not up.
  var failure: (any Error)?
  var answerCount = 0
  /// Of one on other machines.
  var ledger = HostLedger()
  private let inbox = Mailbox<EvaluationRequest?>()

  /// What a worker's thread reports.
  enum News {
    case up(EvaluatorDescription)
    case answered(Result<EvaluationResult, any Error>, durationSeconds: Double)
    /// While it was asked; the question is to be asked again.
    case died(EvaluatorError, durationSeconds: Double)
    /// It did not start, and is tried again.
    case notUp(any Error)
    /// It did not start, and is tried no more.
    case givenUp(any Error)
  }

  /// How it is started, and how often.
  struct Start: Sendable {
    var evaluator: @Sendable (_ lifeline: EvaluatorLifeline) throws -> any PooledEvaluator
    /// In a row, until it is given up.
    var attempts: Int
    /// Before the second attempt.
    var firstPause: Duration
  }

  /// Begins to start the evaluator; whether it started comes as news.
  init(_ number: Int, _ start: Start, _ news: Mailbox<(worker: Int, News)>) {
    self.number = number
    let loop = Loop(number: number, start: start, lifeline: lifeline, inbox: inbox, news: news)
    // Not a dispatch queue, from whose threads programs would inherit blocked signals.
    Thread { loop.run() }.start()
  }

  func begin(_ request: EvaluationRequest) {
    precondition(task == nil)
    task = (request, .now)
    inbox.put(request)
  }

  /// The question that was answered.
  func finish() -> EvaluationRequest {
    guard let request = task?.request else { preconditionFailure("a worker answers what it was asked") }
    task = nil
    return request
  }

  /// Ends the thread, and the evaluator even in the middle of an answer or of its start.
  func end() {
    inbox.put(nil)
    lifeline.abandon()
  }

  /// What its thread does.
  private struct Loop: Sendable {
    let number: Int
    let start: Start
    let lifeline: EvaluatorLifeline
    let inbox: Mailbox<EvaluationRequest?>
    let news: Mailbox<(worker: Int, News)>

    func run() {
      guard let evaluator = comingUp({ try start.evaluator(lifeline) }) else { return }
      while case .some(.some(let request)) = inbox.take(within: nil) {
        let clock = ContinuousClock.now
        let result = Result { try evaluator.evaluate(request) }
        let seconds = (ContinuousClock.now - clock) / .seconds(1)
        guard case .failure(let error as EvaluatorError) = result, error.isCrash else {
          news.put((number, .answered(result, durationSeconds: seconds)))
          continue
        }
        news.put((number, .died(error, durationSeconds: seconds)))
        let revived = comingUp {
          try evaluator.revive()
          return evaluator
        }
        guard revived != nil else { return }
      }
    }

    /// The evaluator once it can be asked; nil when it is given up, or needed no more.
    private func comingUp(_ attempt: () throws -> any PooledEvaluator) -> (any PooledEvaluator)? {
      var pause = start.firstPause
      for failures in 1... {
        if lifeline.isAbandoned { return nil }
        do {
          let evaluator = try attempt()
          news.put((number, .up(evaluator.description)))
          return evaluator
        } catch {
          guard let crash = error as? EvaluatorError, crash.isCrash, failures < start.attempts else {
            news.put((number, .givenUp(Self.last(error, of: failures, allowed: start.attempts))))
            return nil
          }
          news.put((number, .notUp(error)))
        }
        // Only the end of the pool comes before it is up.
        if inbox.take(within: pause / .seconds(1)) != nil { return nil }
        pause = min(pause * 2, RemoteTerms.longestPause)
      }
      return nil
    }

    private static func last(_ error: any Error, of failures: Int, allowed: Int) -> any Error {
      guard allowed > 1, let crash = error as? EvaluatorError, crash.isCrash else { return error }
      return crash.givenUp(after: failures, at: "its start")
    }
  }
}
