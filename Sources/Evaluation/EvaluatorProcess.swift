import Diagnostics
public import Foundation
import Glibc

/// An evaluator in a child process: starts it, asks, and notices when it dies.
///
/// Not safe to share between threads: one question at a time.
public final class EvaluatorProcess: AccuracyEvaluator {
  /// What the evaluator said it holds.
  public private(set) var description: EvaluatorDescription

  private let process: Process
  private let requests: FileHandle
  private let replies: LineReader
  /// The program and its arguments, separated by spaces.
  public let command: String
  private var nextID = 1

  /// Starts `executable` and asks it to describe itself.
  ///
  /// Its standard error is the caller's. Throws `EvaluatorError` when it cannot start, does not
  /// answer in the protocol, or speaks another major version.
  public init(executable: URL, arguments: [String]) throws {
    // A write to an evaluator that has died must be an error, not the end of this program.
    signal(SIGPIPE, SIG_IGN)
    command = ([executable.lastPathComponent] + arguments).joined(separator: " ")
    let (input, output) = (Pipe(), Pipe())
    process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.environment = Self.environment(from: ProcessInfo.processInfo.environment)
    process.standardInput = input
    process.standardOutput = output
    do {
      try process.run()
    } catch {
      throw EvaluatorError.cannotStart(command: command, reason: error.systemReason)
    }
    requests = input.fileHandleForWriting
    replies = LineReader(descriptor: output.fileHandleForReading.fileDescriptor, keepingOpen: output)
    description = EvaluatorDescription(
      program: "", network: "", layers: [], data: "", trainingSamples: 0, validationSamples: 0, testSamples: 0
    )
    description = try describe()
  }

  deinit {
    try? requests.close()
    if process.isRunning { process.terminate() }
  }

  /// libgomp's threads spin at barriers unless told otherwise, which costs ten times the work
  /// itself when another program wants a core. A value that the user has set is kept.
  private static func environment(from environment: [String: String]) -> [String: String] {
    environment.merging(["OMP_WAIT_POLICY": "passive"]) { own, _ in own }
  }

  /// - Precondition: the request's policy has one precision for each of `description.layers`.
  public func evaluate(_ request: EvaluationRequest) throws -> EvaluationResult {
    let reply = try ask(.evaluate(WireEvaluation(request, layers: description.layers)))
    guard case .evaluation(_, let result) = reply else { throw unexpected(reply) }
    return result
  }

  /// Trains from scratch; the evaluator writes `output` when it is done.
  public func train(
    _ options: TrainingOptions, output: URL, onEpoch: (TrainingProgress) throws -> Void
  ) throws {
    let reply = try ask(.train(options, output: output.path), onProgress: onEpoch)
    guard case .done = reply else { throw unexpected(reply) }
  }

  private func describe() throws -> EvaluatorDescription {
    let reply = try ask(.describe(protocolVersion: EvaluatorProtocol.version))
    guard case .description(_, let description) = reply else { throw unexpected(reply) }
    guard EvaluatorProtocol.isCompatible(with: description.protocol) else {
      throw EvaluatorError.incompatible(
        command: command, theirs: description.protocol, ours: EvaluatorProtocol.version)
    }
    return description
  }

  private func ask(
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
    while let line = replies.next() {
      guard let reply = try? EvaluatorLine.decode(EvaluatorReply.self, from: line) else {
        throw EvaluatorError.notTheProtocol(command: command, line: String(line.prefix(200)))
      }
      switch reply {
      case .progress(id, let progress): try onProgress(progress)
      case .failure(let failed, let failure) where failed == id || failed == nil:
        throw EvaluatorError.refused(command: command, failure)
      default:
        guard reply.id == id else { throw unexpected(reply) }
        return reply
      }
    }
    throw death()
  }

  /// Called at the end of its output; one that then goes on running could never answer again.
  private func death() -> EvaluatorError {
    let deadline = ContinuousClock.now + .seconds(2)
    while process.isRunning, ContinuousClock.now < deadline { usleep(5_000) }
    guard !process.isRunning else {
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      return .died(command: command, how: "it closed its output and went on running, so it was killed")
    }
    let signalled = process.terminationReason == .uncaughtSignal
    return .died(
      command: command,
      how: (signalled ? "killed by signal " : "exit status ") + String(process.terminationStatus))
  }

  private func unexpected(_ reply: EvaluatorReply) -> EvaluatorError {
    .notTheProtocol(command: command, line: (try? EvaluatorLine.encode(reply)) ?? "")
  }
}

extension EvaluatorReply {
  fileprivate var id: Int? {
    switch self {
    case .description(let id, _), .evaluation(let id, _), .progress(let id, _), .done(let id): id
    case .failure(let id, _): id
    }
  }
}

/// What can go wrong between `haq` and an evaluator.
public enum EvaluatorError: Error, Hashable, Sendable, CustomStringConvertible {
  case cannotStart(command: String, reason: String)
  case incompatible(command: String, theirs: String, ours: String)
  case notTheProtocol(command: String, line: String)
  case refused(command: String, EvaluatorFailure)
  case died(command: String, how: String)

  public var description: String {
    switch self {
    case .cannotStart(let command, let reason): "the evaluator `\(command)` cannot be started: \(reason)"
    case .incompatible(let command, let theirs, let ours):
      "the evaluator `\(command)` speaks \(theirs), this program \(ours)"
    case .notTheProtocol(let command, let line):
      "the evaluator `\(command)` sent a line that is not part of \(EvaluatorProtocol.version): \(line)"
    case .refused(_, let failure): failure.message
    case .died(let command, let how): "the evaluator `\(command)` ended unasked (\(how))"
    }
  }
}
