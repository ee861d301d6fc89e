import Diagnostics
import Foundation
import Glibc
import SystemLimits

/// One run of an evaluator's program, from its start to its death.
final class EvaluatorConnection {
  private let launch: EvaluatorLaunch
  private let process = Process()
  private let requests: FileHandle
  private let questions: LineWriter
  private let replies: LineReader
  private var nextID = 1

  /// Throws `EvaluatorError.cannotStart`, or a file error when the log cannot be opened.
  init(_ launch: EvaluatorLaunch) throws {
    self.launch = launch
    // A write to an evaluator that has died must be an error, not the end of this program.
    signal(SIGPIPE, SIG_IGN)
    let (input, output) = (Pipe(), Pipe())
    Self.keepFromOtherChildren([input, output])
    process.executableURL = launch.executable
    process.arguments = launch.arguments
    process.environment = Self.environment(from: ProcessInfo.processInfo.environment)
    process.standardInput = input
    process.standardOutput = output
    if let log = launch.log { process.standardError = try Self.appending(to: log) }
    do {
      try ProcessLimits.requireThread()
      try process.run()
    } catch {
      throw EvaluatorError.cannotStart(command: launch.command, reason: error.systemReason)
    }
    requests = input.fileHandleForWriting
    questions = LineWriter(descriptor: requests.fileDescriptor)
    replies = LineReader(descriptor: output.fileHandleForReading.fileDescriptor, keepingOpen: output)
  }

  deinit { end() }

  /// Of the running program.
  var processIdentifier: Int32 { process.processIdentifier }

  /// Closes the evaluator's input, which ends a well-behaved one, and terminates it.
  func end() {
    try? requests.close()
    if process.isRunning { process.terminate() }
  }

  /// A program started meanwhile must not inherit these ends: it would hold the pipe open after the evaluator's death,
  /// whose end would then never be read.
  private static func keepFromOtherChildren(_ pipes: [Pipe]) {
    for handle in pipes.flatMap({ [$0.fileHandleForReading, $0.fileHandleForWriting] }) {
      _ = fcntl(handle.fileDescriptor, F_SETFD, FD_CLOEXEC)
    }
  }

  /// libgomp's threads spin at barriers unless told otherwise, which costs ten times the work
  /// itself when another program wants a core. A value that the user has set is kept.
  private static func environment(from environment: [String: String]) -> [String: String] {
    environment.merging(["OMP_WAIT_POLICY": "passive"]) { own, _ in own }
  }

  private static func appending(to log: URL) throws -> FileHandle {
    if !FileManager.default.fileExists(atPath: log.path) { try Data().write(to: log) }
    let handle = try FileHandle(forWritingTo: log)
    try handle.seekToEnd()
    return handle
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
    let line = try EvaluatorLine.encode(EvaluatorRequest(id: id, method: method)) + "\n"
    switch questions.write(line, before: deadline) {
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
      return try EvaluatorLine.decode(EvaluatorReply.self, from: line)
    } catch let problem as ImpossibleFigure {
      throw impossible(problem)
    } catch {
      throw .notTheProtocol(command: launch.command, line: String(line.prefix(200)))
    }
  }

  private func nextLine(before deadline: ContinuousClock.Instant?) throws -> String? {
    switch replies.next(before: deadline) {
    case .line(let line): return line
    case .end: return nil
    case .silence: throw silence()
    case .tooLong:
      kill()
      throw EvaluatorError.lineTooLong(command: launch.command)
    }
  }

  private func kill() {
    Glibc.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  private func silence() -> EvaluatorError {
    kill()
    return .silent(command: launch.command, seconds: Int(launch.timeout?.components.seconds ?? 0))
  }

  /// Called at the end of its output; one that continues to run could never reply again.
  private func death(during method: EvaluatorRequest.Method) -> EvaluatorError {
    let deadline = ContinuousClock.now + .seconds(2)
    while process.isRunning, ContinuousClock.now < deadline { usleep(5_000) }
    guard !process.isRunning else {
      kill()
      return .died(
        command: launch.command, how: "it closed its output and went on running, so it was killed",
        lastWords: "")
    }
    let status = process.terminationStatus
    guard process.terminationReason != .uncaughtSignal else {
      return .died(command: launch.command, how: "killed by signal \(status)", lastWords: lastWords)
    }
    let how = "exit status \(status)"
    // A shell between says that a signal killed the program by a status above this.
    let isOwnEnd = status <= 128
    if case .describe = method, isOwnEnd {
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
    .notTheProtocol(command: launch.command, line: (try? EvaluatorLine.encode(reply)) ?? "")
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
      .done(let id):
      id
    case .failure(let id, _): id
    }
  }
}
