import Core
public import Foundation

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
  private let lifeline: EvaluatorLifeline

  /// The program and its arguments, separated by spaces.
  public var command: String { launch.command }

  /// Starts the evaluator and asks it to describe itself.
  ///
  /// Throws `EvaluatorError` when it cannot start, does not answer in the protocol, or speaks another major version.
  ///
  /// One that is killed or silent before it has is started again, as often as the launch allows for a question.
  public convenience init(_ launch: EvaluatorLaunch) throws {
    try self.init(launch, lifeline: EvaluatorLifeline())
  }

  /// - Parameter lifeline: What other threads see of it, and end it by, also while it starts.
  package init(_ launch: EvaluatorLaunch, lifeline: EvaluatorLifeline) throws {
    (self.launch, self.lifeline) = (launch, lifeline)
    (connection, description) = try Self.started(launch, lifeline)
  }

  private static func started(
    _ launch: EvaluatorLaunch, _ lifeline: EvaluatorLifeline
  ) throws -> (EvaluatorConnection, EvaluatorDescription) {
    var deaths = 0
    while true {
      do {
        return try opened(launch, lifeline)
      } catch let error as EvaluatorError where error.isCrash {
        deaths += 1
        if deaths > launch.restarts {
          throw launch.restarts > 0 ? error.givenUp(after: deaths, at: "its start") : error
        }
      }
    }
  }

  /// A running program that has described itself.
  private static func opened(
    _ launch: EvaluatorLaunch, _ lifeline: EvaluatorLifeline
  ) throws -> (EvaluatorConnection, EvaluatorDescription) {
    do {
      let connection = try EvaluatorConnection(launch)
      lifeline.noteStart(of: connection.processIdentifier, isRemote: launch.remote != nil)
      if launch.remote != nil { lifeline.note(try connection.hello()) }
      return (connection, try describe(connection, launch))
    } catch {
      lifeline.noteEnd()
      if let error = error as? EvaluatorError, error.isCrash, !error.isLoss { lifeline.noteCrash() }
      throw error
    }
  }

  /// How often it died or had to be killed; from any thread.
  public var crashCount: Int { lifeline.crashCount }

  /// Ends the program whatever it is doing, so that the question it was asked fails; from any thread.
  public func abandon() { lifeline.abandon() }

  /// Starts it again if it has died; the next question would do so otherwise.
  public func revive() throws { _ = try connected() }

  /// Starts `executable`; its standard error is the caller's.
  public convenience init(executable: URL, arguments: [String]) throws {
    try self.init(EvaluatorLaunch(executable: executable, arguments: arguments))
  }

  /// Throws `EvaluatorError.refused` for a policy of other layers than the evaluator's, which some file may have.
  public func evaluate(_ request: EvaluationRequest) throws -> EvaluationResult {
    let layerCount = description.layers.count
    if let asked = request.policy?.precisions.count, asked != layerCount {
      throw EvaluatorError.refused(
        command: launch.command,
        EvaluatorFailure(
          .illegal, "a policy of \(asked) layers is asked about; the evaluator's network has \(layerCount)"))
    }
    var wire = WireEvaluation(request, layers: description.layers)
    try requireFormats(of: wire.policy)
    if description.minor < 2 {
      // Older evaluators do not know these keys; both only save work or add figures.
      wire.stopBelow = nil
      wire.extras = nil
    }
    if description.minor < 3 { wire.extras?.removeAll { $0 == .correctSamples } }
    if description.minor < 4 { wire.narrowings = nil }
    try requireTraining(loss: request.fineTuning?.loss, clips: request.fineTuning?.activationClips)
    let (reply, connection) = try surviving { try $0.ask(.evaluate(wire)) }
    guard case .evaluation(_, let result) = reply else { throw connection.unexpected(reply) }
    do throws(ImpossibleFigure) {
      try result.requireAnswer(to: wire, by: description)
    } catch {
      throw connection.impossible(error)
    }
    return result.withoutRounding
  }

  /// Trains from scratch; the evaluator writes `output` when it is done.
  public func train(
    _ options: TrainingOptions, output: URL, onEpoch: (TrainingProgress) throws -> Void
  ) throws {
    _ = try follow(.train(options, output: output.path), epochs: options.epochs, onEpoch)
  }

  /// Asks for a training run, and hands on what it reports of each epoch.
  private func follow(
    _ method: EvaluatorRequest.Method, epochs: Int, _ onEpoch: (TrainingProgress) throws -> Void
  ) throws -> FineTuningOutcome {
    let connection = try connected()
    let reply = try connection.ask(method) { progress in
      do throws(ImpossibleFigure) {
        try progress.requireProgress(ofEpochs: epochs, by: description)
      } catch {
        throw connection.impossible(error)
      }
      try onEpoch(progress)
    }
    guard case .done(_, let outcome) = reply else { throw connection.unexpected(reply) }
    do throws(ImpossibleFigure) {
      try outcome.requireAnswer(to: method)
    } catch {
      throw connection.impossible(error)
    }
    return outcome
  }

  /// Fine-tunes the quantized network fully; the evaluator keeps `checkpoint` complete after every epoch.
  ///
  /// An evaluator of an earlier version than 1.5 is not asked to keep the best epoch or to guard the rate, and keeps the last
  /// epoch at the given rate.
  ///
  /// Throws `EvaluatorError.refused` when the evaluator speaks a version without this method, or without the loss or the learned ranges of the job.
  @discardableResult
  public func fineTune(
    _ job: FineTuningJob, policy: [WireEvaluation.LayerBits], onEpoch: (TrainingProgress) throws -> Void
  ) throws -> FineTuningOutcome {
    guard description.minor >= 2 else {
      throw EvaluatorError.refused(
        command: launch.command,
        EvaluatorFailure(
          .illegal, "the evaluator speaks \(description.protocol), which has no fine-tuning of whole epochs"))
    }
    try requireFormats(of: policy)
    try requireTraining(loss: job.loss, clips: job.activationClips)
    var job = job
    if !description.keepsBestEpoch { (job.keep, job.rateChoice) = (nil, nil) }
    return try follow(.fineTune(job, policy: policy), epochs: job.epochs, onEpoch)
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
    try requireFormats(of: request.policy)
    let (reply, connection) = try surviving { try $0.ask(.quantize(request)) }
    guard case .encodings(_, let encodings) = reply else { throw connection.unexpected(reply) }
    return encodings
  }

  /// An evaluator is asked for no format that it has not stated.
  private func requireFormats(of policy: [WireEvaluation.LayerBits]?) throws {
    do throws(EvaluatorFailure) {
      if let policy { try description.requireFormats(of: policy) }
    } catch {
      throw EvaluatorError.refused(command: launch.command, error)
    }
  }

  /// An older evaluator would not know the keys, and answer for another training.
  private func requireTraining(loss: FineTuningLoss?, clips: ActivationClips?) throws {
    do throws(EvaluatorFailure) {
      try description.requireTraining(loss: loss, clips: clips)
    } catch {
      throw EvaluatorError.refused(command: launch.command, error)
    }
  }

  /// Asks again, of a new process, as often as the launch allows.
  private func surviving(
    _ ask: (EvaluatorConnection) throws -> EvaluatorReply
  ) throws -> (EvaluatorReply, EvaluatorConnection) {
    var times = 0
    while true {
      do {
        let connection = try connected()
        return (try ask(connection), connection)
      } catch let error as EvaluatorError where error.isCrash {
        times += 1
        discardConnection()
        guard times <= launch.restarts, !lifeline.isAbandoned else {
          throw launch.restarts > 0 ? error.givenUp(after: times, at: "one question") : error
        }
      }
    }
  }

  /// A start that failed was counted where it failed.
  private func discardConnection() {
    guard let connection else { return }
    lifeline.noteCrash()
    lifeline.noteEnd()
    connection.end()
    self.connection = nil
  }

  /// The running program, or a new one in place of one that crashed.
  private func connected() throws -> EvaluatorConnection {
    if let connection { return connection }
    let (connection, description) = try Self.opened(launch, lifeline)
    guard description == self.description else { throw EvaluatorError.changed(command: launch.command) }
    self.connection = connection
    return connection
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
    do throws(ImpossibleFigure) { try description.requirePossible() } catch {
      throw connection.impossible(error)
    }
    return description
  }
}
