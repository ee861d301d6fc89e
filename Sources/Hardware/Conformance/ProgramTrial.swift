import Conversations
import Core
import CostPrograms
import Foundation
import Isolation
import PluginLoading
import Specs
import Targets

/// A cost program that is asked about a small network of its own layers, and about what it must refuse.
final class ProgramTrial {
  let description: ProgramDescription
  /// What it says of every point; asked once for all checks, because measuring takes its time.
  private(set) lazy var first = Result { try SampledCosts(of: sample, from: model) }
  private let sample: ProbeRequest
  private let launch: CostProgramLaunch
  private let model: ProgramCostModel

  /// Throws what keeps the program from being asked at all.
  init(of target: Target, timeoutSeconds: Double) throws {
    for path in target.programFilePaths { _ = try Target.programDigest(of: path) }
    var launch = try target.programLaunch()
    if case .program(let program) = target.spec.model, program.timeoutSeconds == nil {
      launch.timeoutSeconds = timeoutSeconds
    }
    launch.restarts = 0
    let program = try CostProgram(launch)
    description = program.description
    try target.requireOfProgram(description)
    sample = ProbeRequest("", target, seed: 0)
    self.launch = launch
    model = try Self.model(of: program, launch, metrics: Set(sample.metrics))
  }

  /// A model that has been asked nothing; the program runs already.
  private static func model(
    of program: sending CostProgram, _ launch: CostProgramLaunch, metrics: Set<Metric>
  ) throws -> ProgramCostModel {
    let setup = AnswerSetup(program.description, launch, files: [:])
    return ProgramCostModel(
      program, recordingIn: try AnswerFile(path: nil, contents: nil, setup: setup), launch: launch,
      metrics: metrics)
  }

  /// The program, started again.
  func freshModel() throws -> ProgramCostModel {
    try Self.model(of: try CostProgram(launch), launch, metrics: Set(sample.metrics))
  }

  /// What it says of twice the batch.
  func doubled() throws -> SampledCosts {
    var double = sample
    double.setup.network.batch *= 2
    return try SampledCosts(of: double, from: model)
  }

  /// How much further than the stated spreads two answers to one question may lie apart, and what is added to them: a
  /// median of few repetitions scatters, and a machine drifts.
  static let spreads = 5.0
  static let drift = 0.05

  /// The first point of which a fresh program says otherwise, asked in the opposite order.
  func repetition() throws -> String? {
    let points = sample.points
    let again = try freshModel()
    let network = sample.setup.network
    _ = try again.outcomes(of: points.reversed(), in: network)
    let pairs = zip(model.recorded(points, in: network), again.recorded(points, in: network))
    for (point, (one, other)) in zip(points, pairs) {
      guard let one = one?.answer, let other = other?.answer,
        let problem = Self.difference(one, other, isMeasured: description.measured)
      else { continue }
      return "layer \"\(network.layers[point.layer].name)\" at \(point.precision): \(problem)"
    }
    return nil
  }

  /// What is odd about two answers to one question.
  static func difference(_ one: CostAnswer, _ other: CostAnswer, isMeasured: Bool) -> String? {
    guard case .cost(let costs) = one.outcome, case .cost(let others) = other.outcome else {
      switch (one.outcome, other.outcome) {
      case (.unsupported, .unsupported): return nil
      default: return "it has a cost in one answer, and none in another"
      }
    }
    let spread = spreads * ((one.spread ?? 0) + (other.spread ?? 0)) + drift
    for (key, value) in costs.sorted(by: { $0.key < $1.key }) {
      let again = others[key] ?? .nan
      let apart = abs(value - again) / max(min(value, again), .leastNormalMagnitude)
      guard isMeasured ? !(apart <= spread) : value.bitPattern != again.bitPattern else { continue }
      let allowed = isMeasured ? "; by its spreads, it may differ by \(Quantity.percent(spread))" : ""
      return "\(key) is \(value), and \(again) in another answer\(allowed)"
    }
    return nil
  }

  /// Lines that are no requests, and what must come back.
  private static let wrong: [(line: String, code: CostFailure.Code)] = [
    ("this is not JSON", .malformed),
    (#"{"id":2,"method":"sing"}"#, .malformed),
    (#"{"id":3,"method":"cost","parameters":{}}"#, .malformed),
    (#"{"id":4,"method":"describe","parameters":{"protocol":"haq.costs/2.0"}}"#, .incompatible),
  ]

  /// Whether wrong requests are refused, and right ones answered after them.
  func errors() -> Check.Outcome {
    do {
      let program = try started()
      defer { program.end() }
      for (line, code) in Self.wrong {
        switch try reply(to: line, of: program) {
        case .failure(_, let failure) where failure.code == code: continue
        case .failure(_, let failure):
          return .failed("the answer to \(line) is the error \(failure.code), not \(code)")
        case let reply:
          let shown = try MessageLine.encode(reply).visibleLine
          return .failed("the answer to \(line) is no error, but \(shown)")
        }
      }
      let describe = CostRequest(
        id: 5, method: .describe(protocolVersion: CostProtocol.version, parameters: launch.parameters))
      guard case .description(5, description) = try reply(to: MessageLine.encode(describe), of: program)
      else {
        return .failed("after these errors, it does not describe itself as before")
      }
      return .passed
    } catch let error as Silence {
      return .failed(error.reason)
    } catch {
      return .failed("\(error)")
    }
  }

  /// Whether the program ends when its input does.
  func ending() -> Check.Outcome {
    do {
      let program = try started()
      program.endInput()
      let deadline = ContinuousClock.now + .seconds(min(launch.timeoutSeconds, 10))
      guard case .end = program.nextLine(before: deadline) else {
        program.kill()
        return .failed("it goes on when its input ends; then nobody reads its answers")
      }
      let death = program.death()
      return death.how == "exit status 0" ? .passed : .failed("it ends with \(death.how), not 0")
    } catch {
      return .failed("\(error)")
    }
  }

  private struct Silence: Error {
    var reason: String
  }

  private func started() throws -> LineProgram {
    try LineProgram(
      LineProgram.Launch(
        executable: URL(filePath: launch.executable), arguments: launch.arguments,
        folder: URL(filePath: launch.folder)))
  }

  private func reply(to line: String, of program: LineProgram) throws -> CostReply {
    let deadline = ContinuousClock.now + .seconds(launch.timeoutSeconds)
    _ = program.write(line, before: deadline)
    guard case .line(let answer) = program.nextLine(before: deadline) else {
      program.kill()
      throw Silence(reason: "there is no answer to \(line)")
    }
    do {
      return try MessageLine.decode(CostReply.self, from: answer)
    } catch {
      throw Silence(reason: "the answer to \(line) is no reply: \(String(answer.prefix(200)).visibleLine)")
    }
  }
}
