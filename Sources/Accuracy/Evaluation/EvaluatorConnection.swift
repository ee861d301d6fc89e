import Diagnostics
import Foundation
import Glibc

/// One run of an evaluator's program, from its start to its death.
final class EvaluatorConnection {
  private let launch: EvaluatorLaunch
  private let process = Process()
  private let requests: FileHandle
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
      try process.run()
    } catch {
      throw EvaluatorError.cannotStart(command: launch.command, reason: error.systemReason)
    }
    requests = input.fileHandleForWriting
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
  func ask(
    _ method: EvaluatorRequest.Method, onProgress: (TrainingProgress) throws -> Void = { _ in }
  ) throws -> EvaluatorReply {
    let id = nextID
    nextID += 1
    let line = try EvaluatorLine.encode(EvaluatorRequest(id: id, method: method)) + "\n"
    do {
      try requests.write(contentsOf: Data(line.utf8))
    } catch {
      throw death()
    }
    while let line = try nextLine() {
      guard let reply = try? EvaluatorLine.decode(EvaluatorReply.self, from: line) else {
        throw EvaluatorError.notTheProtocol(command: launch.command, line: String(line.prefix(200)))
      }
      switch reply {
      case .progress(id, let progress): try onProgress(progress)
      case .failure(let failed, let failure) where failed == id || failed == nil:
        throw EvaluatorError.refused(command: launch.command, failure)
      default:
        guard reply.id == id else { throw unexpected(reply) }
        return reply
      }
    }
    throw death()
  }

  private func nextLine() throws -> String? {
    switch replies.next(within: launch.timeout) {
    case .line(let line): return line
    case .end: return nil
    case .silence:
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      throw EvaluatorError.silent(
        command: launch.command, seconds: Int(launch.timeout?.components.seconds ?? 0))
    }
  }

  /// Called at the end of its output; one that continues to run could never reply again.
  private func death() -> EvaluatorError {
    let deadline = ContinuousClock.now + .seconds(2)
    while process.isRunning, ContinuousClock.now < deadline { usleep(5_000) }
    guard !process.isRunning else {
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      return .died(
        command: launch.command, how: "it closed its output and went on running, so it was killed",
        lastWords: "")
    }
    let signalled = process.terminationReason == .uncaughtSignal
    let how = (signalled ? "killed by signal " : "exit status ") + String(process.terminationStatus)
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
