public import Foundation
import Synchronization

/// An evaluator in a child process: starts it, asks, and starts it again when it dies.
///
/// Remembers no answer: that is what a study or a `RememberingEvaluator` is for. Not safe to share between threads: one
/// question at a time.
public final class EvaluatorProcess: AccuracyEvaluator {
  /// What the evaluator said it holds.
  public let description: EvaluatorDescription
  private let launch: EvaluatorLaunch
  /// Nil after a crash, until something is asked again.
  private var connection: EvaluatorConnection?
  private let running: Atomic<Int32>
  private let isAbandoned = Atomic(false)
  private let crashes = Atomic(0)

  /// The program and its arguments, separated by spaces.
  public var command: String { launch.command }

  /// Starts the evaluator and asks it to describe itself.
  ///
  /// Throws `EvaluatorError` when it cannot start, does not answer in the protocol, or speaks another major version.
  public init(_ launch: EvaluatorLaunch) throws {
    self.launch = launch
    let connection = try EvaluatorConnection(launch)
    description = try Self.describe(connection, launch)
    self.connection = connection
    running = Atomic(connection.processIdentifier)
  }

  /// How often it died or had to be killed; from any thread.
  public var crashCount: Int { crashes.load(ordering: .relaxed) }

  /// Ends the program whatever it is doing, so that the question it was asked fails; from any thread.
  public func abandon() {
    isAbandoned.store(true, ordering: .sequentiallyConsistent)
    let process = running.exchange(0, ordering: .sequentiallyConsistent)
    if process > 0 { kill(process, SIGTERM) }
  }

  /// Starts `executable`; its standard error is the caller's.
  public convenience init(executable: URL, arguments: [String]) throws {
    try self.init(EvaluatorLaunch(executable: executable, arguments: arguments))
  }

  /// - Precondition: the request's policy has one precision for each of `description.layers`.
  public func evaluate(_ request: EvaluationRequest) throws -> EvaluationResult {
    var wire = WireEvaluation(request, layers: description.layers)
    if description.minor < 2 {
      // Older evaluators do not know these keys; both only save work or add figures.
      wire.stopBelow = nil
      wire.extras = nil
      try requireNoLearnedClips(request.fineTuning?.activationClips)
    }
    if description.minor < 3 { wire.extras?.removeAll { $0 == .correctSamples } }
    let (reply, connection) = try surviving { try $0.ask(.evaluate(wire)) }
    guard case .evaluation(_, let result) = reply else { throw connection.unexpected(reply) }
    return result
  }

  /// Trains from scratch; the evaluator writes `output` when it is done.
  public func train(
    _ options: TrainingOptions, output: URL, onEpoch: (TrainingProgress) throws -> Void
  ) throws {
    let connection = try connected()
    let reply = try connection.ask(.train(options, output: output.path), onProgress: onEpoch)
    guard case .done = reply else { throw connection.unexpected(reply) }
  }

  /// Fine-tunes the quantized network fully; the evaluator keeps `checkpoint` complete after every epoch.
  ///
  /// Throws `EvaluatorError.refused` when the evaluator speaks a version without this method.
  public func fineTune(
    _ job: FineTuningJob, policy: [WireEvaluation.LayerBits], onEpoch: (TrainingProgress) throws -> Void
  )
    throws
  {
    guard description.minor >= 2 else {
      throw EvaluatorError.refused(
        command: launch.command,
        EvaluatorFailure(
          .illegal, "the evaluator speaks \(description.protocol), which has no fine-tuning of whole epochs"))
    }
    let connection = try connected()
    let reply = try connection.ask(.fineTune(job, policy: policy), onProgress: onEpoch)
    guard case .done = reply else { throw connection.unexpected(reply) }
  }

  /// The quantizers of every layer under a policy, and of values that are asked for; the evaluator writes the rounded weights to the request's file.
  ///
  /// Throws `EvaluatorError.refused` when the evaluator has no such quantizers, or none that it can export.
  public func quantize(_ request: QuantizationRequest) throws -> NetworkEncoding {
    guard description.minor >= 2 else {
      throw EvaluatorError.refused(
        command: launch.command,
        EvaluatorFailure(
          .illegal, "the evaluator speaks \(description.protocol), which cannot export its quantizers"))
    }
    let (reply, connection) = try surviving { try $0.ask(.quantize(request)) }
    guard case .encodings(_, let encodings) = reply else { throw connection.unexpected(reply) }
    return encodings
  }

  /// An older evaluator would not know the key, and answer for another training.
  private func requireNoLearnedClips(_ clips: ActivationClips?) throws {
    guard clips != .learned else {
      throw EvaluatorError.refused(
        command: launch.command,
        EvaluatorFailure(.illegal, "the evaluator speaks \(description.protocol), which has no learned clips")
      )
    }
  }

  /// Asks again, of a new process, as often as the launch allows.
  private func surviving(
    _ ask: (EvaluatorConnection) throws -> EvaluatorReply
  ) throws -> (EvaluatorReply, EvaluatorConnection) {
    var times = 0
    while true {
      let connection = try connected()
      do {
        return (try ask(connection), connection)
      } catch let error as EvaluatorError where error.isCrash {
        times += 1
        discardConnection()
        guard times <= launch.restarts, !isAbandoned.load(ordering: .sequentiallyConsistent) else {
          guard launch.restarts > 0 else { throw error }
          let (how, lastWords) = error.circumstances
          throw EvaluatorError.failedRepeatedly(
            command: launch.command, times: times, how: how, lastWords: lastWords)
        }
      }
    }
  }

  private func discardConnection() {
    crashes.wrappingAdd(1, ordering: .relaxed)
    running.store(0, ordering: .sequentiallyConsistent)
    connection?.end()
    connection = nil
  }

  /// The running program, or a new one in place of one that crashed.
  private func connected() throws -> EvaluatorConnection {
    if let connection { return connection }
    let connection = try EvaluatorConnection(launch)
    guard try Self.describe(connection, launch) == description else {
      throw EvaluatorError.changed(command: launch.command)
    }
    self.connection = connection
    running.store(connection.processIdentifier, ordering: .sequentiallyConsistent)
    return connection
  }

  private static func describe(
    _ connection: EvaluatorConnection, _ launch: EvaluatorLaunch
  ) throws -> EvaluatorDescription {
    let reply: EvaluatorReply
    do {
      reply = try connection.ask(.describe(protocolVersion: EvaluatorProtocol.version))
    } catch EvaluatorError.died(let command, let how, let lastWords) {
      throw EvaluatorError.cannotWork(command: command, how: how, lastWords: lastWords)
    }
    guard case .description(_, let description) = reply else { throw connection.unexpected(reply) }
    guard EvaluatorProtocol.isCompatible(with: description.protocol) else {
      throw EvaluatorError.incompatible(
        command: launch.command, theirs: description.protocol, ours: EvaluatorProtocol.version)
    }
    return description
  }
}
