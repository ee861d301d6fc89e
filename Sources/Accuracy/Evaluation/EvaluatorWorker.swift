import Foundation

/// What a worker of a pool asks: a program of its own, which can be ended from another thread.
package protocol PooledEvaluator: AnyObject {
  var description: EvaluatorDescription { get }
  /// How often it died or had to be killed; from any thread.
  var crashCount: Int { get }

  func evaluate(_ request: EvaluationRequest) throws -> EvaluationResult

  /// Ends it whatever it is doing, so that the question it was asked fails; from any thread.
  func abandon()
}

extension EvaluatorProcess: PooledEvaluator {}

/// One evaluator with its own thread, which processes one request after the other.
final class EvaluatorWorker {
  /// From 1.
  let number: Int
  /// What it is asked now, and since when.
  private(set) var task: (request: EvaluationRequest, start: ContinuousClock.Instant)?
  private let inbox = Mailbox<EvaluationRequest?>()
  private(set) var process: (any PooledEvaluator)?

  /// What a worker's thread reports.
  enum News {
    case started(any PooledEvaluator)
    case answered(Result<EvaluationResult, any Error>, durationSeconds: Double)
    case cannotStart(any Error)
  }

  /// Begins to start the evaluator; whether it started comes as news.
  init(
    _ number: Int, starting start: @escaping @Sendable () throws -> any PooledEvaluator,
    _ news: Mailbox<(worker: Int, News)>
  ) {
    self.number = number
    let inbox = inbox
    // Not a dispatch queue, from whose threads programs would inherit blocked signals.
    let thread = Thread {
      do {
        let process = try start()
        news.put((number, .started(process)))
        while case .some(.some(let request)) = inbox.take(within: nil) {
          let start = ContinuousClock.now
          let result = Result { try process.evaluate(request) }
          news.put((number, .answered(result, durationSeconds: (ContinuousClock.now - start) / .seconds(1))))
        }
      } catch {
        news.put((number, .cannotStart(error)))
      }
    }
    thread.start()
  }

  func started(_ process: any PooledEvaluator) { self.process = process }

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

  /// Ends the thread, and the process even in the middle of an answer.
  func end() {
    inbox.put(nil)
    process?.abandon()
  }
}
