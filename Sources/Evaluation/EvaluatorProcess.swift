public import Foundation

/// An evaluator in a child process: starts it, asks, and starts it again when it dies.
///
/// Not safe to share between threads: one question at a time.
public final class EvaluatorProcess: AccuracyEvaluator {
  /// What the evaluator said it holds.
  public let description: EvaluatorDescription
  /// Questions that went to the evaluator; those answered from memory do not count.
  public private(set) var askedCount = 0

  private let launch: EvaluatorLaunch
  private var connection: EvaluatorConnection
  private var answers: [EvaluationRequest: EvaluationResult] = [:]

  /// The program and its arguments, separated by spaces.
  public var command: String { launch.command }

  /// Starts the evaluator and asks it to describe itself.
  ///
  /// Throws `EvaluatorError` when it cannot start, does not answer in the protocol, or speaks another major version.
  public init(_ launch: EvaluatorLaunch) throws {
    self.launch = launch
    connection = try EvaluatorConnection(launch)
    description = try Self.describe(connection, launch)
  }

  /// Starts `executable`; its standard error is the caller's.
  public convenience init(executable: URL, arguments: [String]) throws {
    try self.init(EvaluatorLaunch(executable: executable, arguments: arguments))
  }

  /// - Precondition: the request's policy has one precision for each of `description.layers`.
  public func evaluate(_ request: EvaluationRequest) throws -> EvaluationResult {
    if launch.remembersAnswers, let known = answers[request] { return known }
    askedCount += 1
    var wire = WireEvaluation(request, layers: description.layers)
    if description.minor < 2 {
      // Older evaluators do not know these keys; both only save work or add figures.
      wire.stopBelow = nil
      wire.extras = nil
      try requireNoLearnedClips(request.fineTuning?.activationClips)
    }
    let reply = try surviving { try connection.ask(.evaluate(wire)) }
    guard case .evaluation(_, let result) = reply else { throw connection.unexpected(reply) }
    if launch.remembersAnswers { answers[request] = result }
    return result
  }

  /// Trains from scratch; the evaluator writes `output` when it is done.
  public func train(
    _ options: TrainingOptions, output: URL, onEpoch: (TrainingProgress) throws -> Void
  ) throws {
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
    let reply = try connection.ask(.fineTune(job, policy: policy), onProgress: onEpoch)
    guard case .done = reply else { throw connection.unexpected(reply) }
  }

  /// The grids of every layer under a policy; the evaluator writes the request's file of weights on them.
  ///
  /// Throws `EvaluatorError.refused` when the evaluator has no such grids, or none that it can hand out.
  public func quantize(_ request: QuantizationRequest) throws -> [LayerEncoding] {
    guard description.minor >= 2 else {
      throw EvaluatorError.refused(
        command: launch.command,
        EvaluatorFailure(
          .illegal, "the evaluator speaks \(description.protocol), which does not hand out its grids"))
    }
    let reply = try surviving { try connection.ask(.quantize(request)) }
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
  private func surviving(_ ask: () throws -> EvaluatorReply) throws -> EvaluatorReply {
    for _ in 0..<launch.restarts {
      do {
        return try ask()
      } catch let error as EvaluatorError where error.isCrash {
        connection.end()
        connection = try EvaluatorConnection(launch)
        guard try Self.describe(connection, launch) == description else {
          throw EvaluatorError.changed(command: launch.command)
        }
      }
    }
    return try ask()
  }

  private static func describe(
    _ connection: EvaluatorConnection, _ launch: EvaluatorLaunch
  ) throws -> EvaluatorDescription {
    let reply = try connection.ask(.describe(protocolVersion: EvaluatorProtocol.version))
    guard case .description(_, let description) = reply else { throw connection.unexpected(reply) }
    guard EvaluatorProtocol.isCompatible(with: description.protocol) else {
      throw EvaluatorError.incompatible(
        command: launch.command, theirs: description.protocol, ours: EvaluatorProtocol.version)
    }
    return description
  }
}
