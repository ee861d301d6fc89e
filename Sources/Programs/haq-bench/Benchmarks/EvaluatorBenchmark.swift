import Core
import Evaluation
import Foundation
import Networks
import ONNX

/// Images per second of the real evaluator, on a network of 53 layers and real images.
///
/// Every value is a difference between a long and a short request, so that starting, calibrating and talking
/// do not count.
struct EvaluatorBenchmark: Benchmark {
  let program: ProgramFolder
  let threads: Int

  private static let short = 250
  private static let long = 750
  /// These runs take seconds each.
  private static let mostRuns = 5

  func measure(runs: Int) throws -> [Measurement] {
    let network = try BenchmarkNetwork(.fashionMobileNetV2)
    defer { network.remove() }
    let evaluator = try EvaluatorProcess(
      executable: program.sibling("haq-evaluator"),
      arguments: ["--network", network.argument, "--threads", "\(threads)"])
    let policy = try Self.policy(for: evaluator)

    let conditions = "\(network.title), threads: \(threads)"
    return try [
      ("evaluator, float", { EvaluationRequest(policy: nil, samples: $0) }),
      ("evaluator, W4A4 as calibrated", { EvaluationRequest(policy: policy, samples: $0) }),
      ("evaluator, W4A4 fine-tuning", { Self.fineTuning(policy, samples: $0) }),
    ].map { (what: String, request: (Int) -> EvaluationRequest) in
      Measurement(
        "\(what), \(conditions)",
        rates: try Self.rates(of: request, from: evaluator, runs: min(runs, Self.mostRuns)),
        of: "images")
    }
  }

  /// Uniform W4A4 with first and last layer at 8 bit, as searches hold them.
  private static func policy(for evaluator: EvaluatorProcess) throws -> Policy {
    let count = evaluator.description.layers.count
    guard let precision = Precision("W4A4") else { preconditionFailure("W4A4 is a precision") }
    return .uniform(precision, layerCount: count, pinned: [0: .eight, count - 1: .eight])
  }

  private static func fineTuning(_ policy: Policy, samples: Int) -> EvaluationRequest {
    EvaluationRequest(
      policy: policy, fineTuning: FineTuning(samples: samples, learningRate: 0.001, seed: 1), samples: short)
  }

  private static func rates(
    of request: (Int) -> EvaluationRequest, from evaluator: EvaluatorProcess, runs: Int
  ) throws -> [Double] {
    _ = try evaluator.evaluate(request(short))
    return try (0..<runs).map { _ in
      let shortTime = try seconds { _ = try evaluator.evaluate(request(short)) }
      let longTime = try seconds { _ = try evaluator.evaluate(request(long)) }
      guard longTime > shortTime else { throw TooBusy(short: short, long: long) }
      return Double(long - short) / (longTime - shortTime)
    }
  }
}

/// Other work on the machine took more time than what was to be measured.
private struct TooBusy: Error, CustomStringConvertible {
  var short, long: Int

  var description: String {
    "the evaluator took longer for \(short) images than for \(long): the machine is too busy to measure on"
  }
}
