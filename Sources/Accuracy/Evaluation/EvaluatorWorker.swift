import Foundation

/// One evaluator process with its own thread, which processes one request after the other.
final class EvaluatorWorker {
  /// From 1.
  let number: Int
  /// What it is asked now, and since when.
  private(set) var task: (request: EvaluationRequest, start: ContinuousClock.Instant)?
  private let inbox = Mailbox<EvaluationRequest?>()
  private(set) var process: EvaluatorProcess?

  /// What a worker's thread reports.
  enum News {
    case started(EvaluatorProcess)
    case answered(Result<EvaluationResult, any Error>, durationSeconds: Double)
    case cannotStart(any Error)
  }

  /// Begins to start the process; whether it started comes as news.
  init(_ number: Int, _ launch: EvaluatorLaunch, _ news: Mailbox<(worker: Int, News)>) {
    self.number = number
    let inbox = inbox
    // Not a dispatch queue, from whose threads programs would inherit blocked signals.
    let thread = Thread {
      do {
        let process = try EvaluatorProcess(launch)
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

  func started(_ process: EvaluatorProcess) { self.process = process }

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
