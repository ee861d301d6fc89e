import Conversations
import Foundation
import WorkerLaunchers

/// One run of an evaluator's program, from its start to its death.
final class EvaluatorConnection {
  private let launch: EvaluatorLaunch
  private let program: WorkerProgram
  private var nextID = 1

  /// Throws `EvaluatorError.cannotStart`, or a file error when the log cannot be opened.
  init(_ launch: EvaluatorLaunch) throws {
    self.launch = launch
    do {
      program = try WorkerProgram(
        LineProgram.Launch(executable: launch.executable, arguments: launch.arguments, log: launch.log),
        isRemote: launch.remote != nil)
    } catch let error as LineProgram.CannotStart {
      throw EvaluatorError.cannotStart(command: launch.command, reason: error.reason)
    }
  }

  /// Of the running program.
  var processIdentifier: Int32 { program.processIdentifier }

  /// Closes the evaluator's input, which ends a well-behaved one, and terminates it.
  func end() { program.end() }

  /// Waits for a program on another machine to run, however long its queue is; throws `EvaluatorError.notLaunched`.
  func hello() throws -> WorkerHello {
    if let hello = try program.waitForHello() { return hello }
    let death = program.death().program
    throw EvaluatorError.notLaunched(
      command: launch.command, how: death.how, lastWords: death.hasLastWords ? lastWords : "")
  }

  /// Sends a request and gives its final reply; throws `EvaluatorError`, or what `onProgress` throws.
  ///
  /// - Parameter onProgress: Checks or shows what a training run reports; the time that a reply may take begins again
  ///   with each epoch alone, so that an evaluator cannot go on for ever by repeating itself.
  func ask(
    _ method: EvaluatorRequest.Method, onProgress: (TrainingProgress) throws -> Void = { _ in }
  ) throws -> EvaluatorReply {
    let id = nextID
    nextID += 1
    var deadline = launch.timeout.map { ContinuousClock.now + $0 }
    var lastEpoch = 0
    let line = try MessageLine.encode(EvaluatorRequest(id: id, method: method))
    switch program.write(line, before: deadline) {
    case .written: break
    case .end: throw death(during: method)
    case .silence: throw silence()
    }
    while let line = try nextLine(before: deadline) {
      switch try reply(line) {
      case .progress(id, let progress) where method.hasProgress:
        try onProgress(progress)
        if progress.epoch > lastEpoch {
          lastEpoch = progress.epoch
          deadline = launch.timeout.map { ContinuousClock.now + $0 }
        }
      case .failure(let failed, let failure) where failed == id || failed == nil:
        throw EvaluatorError.refused(command: launch.command, failure)
      case .progress(_, let progress): throw unexpected(.progress(id: id, progress))
      case let reply:
        guard reply.id == id else { throw unexpected(reply) }
        return reply
      }
    }
    throw death(during: method)
  }

  private func reply(_ line: String) throws(EvaluatorError) -> EvaluatorReply {
    do {
      return try MessageLine.decode(EvaluatorReply.self, from: line)
    } catch let problem as ImpossibleFigure {
      throw impossible(problem)
    } catch {
      throw .notTheProtocol(command: launch.command, line: String(line.prefix(200)))
    }
  }

  private func nextLine(before deadline: ContinuousClock.Instant?) throws -> String? {
    switch program.nextLine(before: deadline) {
    case .line(let line): return line
    case .end: return nil
    case .silence: throw silence()
    case .tooLong:
      program.kill()
      throw EvaluatorError.lineTooLong(command: launch.command)
    }
  }

  private func silence() -> EvaluatorError {
    program.kill()
    return .silent(command: launch.command, seconds: Int(launch.timeout?.components.seconds ?? 0))
  }

  /// Called at the end of its output; one that continues to run could never reply again.
  private func death(during method: EvaluatorRequest.Method) -> EvaluatorError {
    let death = program.death()
    let (how, lastWords) = (death.program.how, death.program.hasLastWords ? self.lastWords : "")
    if let host = death.lostOn {
      return .lost(command: launch.command, host: host, how: how, lastWords: lastWords)
    }
    if case .describe = method, death.program.isOwnEnd {
      return .cannotWork(command: launch.command, how: how, lastWords: lastWords)
    }
    return .died(command: launch.command, how: how, lastWords: lastWords)
  }

  /// The end of the evaluator's log, for the error message.
  private var lastWords: String {
    guard let log = launch.log, let text = try? String(contentsOf: log, encoding: .utf8) else { return "" }
    let lines = text.split(whereSeparator: \.isNewline).suffix(3)
    return lines.isEmpty
      ? "; see \(log.path)" : "; the end of \(log.path):\n  \(lines.joined(separator: "\n  "))\n"
  }

  func unexpected(_ reply: EvaluatorReply) -> EvaluatorError {
    .notTheProtocol(command: launch.command, line: (try? MessageLine.encode(reply)) ?? "")
  }

  func impossible(_ problem: ImpossibleFigure) -> EvaluatorError {
    .impossible(command: launch.command, problem)
  }
}

extension EvaluatorRequest.Method {
  /// Whether replies may come before the final one.
  fileprivate var hasProgress: Bool {
    switch self {
    case .train, .fineTune: true
    default: false
    }
  }
}

extension EvaluatorReply {
  fileprivate var id: Int? {
    switch self {
    case .description(let id, _), .evaluation(let id, _), .progress(let id, _), .encodings(let id, _),
      .done(let id, _):
      id
    case .failure(let id, _): id
    }
  }
}
