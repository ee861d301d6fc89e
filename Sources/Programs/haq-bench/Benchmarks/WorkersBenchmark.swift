import Core
import Evaluation
import Foundation
import Networks
import ONNX

/// What two evaluators with one thread each bring over one, in evaluations per minute.
///
/// Ratios are taken within a run, one measurement right after the other, so that other work on the machine disturbs both alike.
struct WorkersBenchmark: Benchmark {
  let program: ProgramFolder

  private static let images = 2000
  /// Policies of one measurement; no two have a beginning in common, whose results would be used again.
  private static let policies = 12
  /// These runs take many seconds each.
  private static let mostRuns = 5
  /// On two cores that do nothing else.
  private static let floor = 1.6

  func measure(runs: Int) throws -> [Measurement] {
    let network = try BenchmarkNetwork(.fashionMobileNetV1)
    defer { network.remove() }
    let launch = EvaluatorLaunch(
      executable: program.sibling("haq-evaluator"),
      arguments: ["--network", network.argument, "--threads", "1", "--run-everything"])
    let pools = try [1, 2].map { try EvaluatorPool(Array(repeating: launch, count: $0)) }
    defer { for pool in pools { pool.end() } }
    // Calibration is taken once, by every worker.
    for pool in pools { _ = try Self.seconds(pool, batch: 0) }
    var rates: [[Double]] = [[], []]
    for run in 1...min(runs, Self.mostRuns) {
      for (index, pool) in pools.enumerated() {
        rates[index].append(Double(Self.policies) / (try Self.seconds(pool, batch: run)) * 60)
      }
    }
    let title = "\(network.title), \(Self.images) images, one thread each"
    return [
      Measurement("one worker, \(title)", rates: rates[0], per: "evaluations/min"),
      Measurement("two workers, \(title)", rates: rates[1], per: "evaluations/min"),
      Measurement(
        "two workers' evaluations per minute, of one's", gains: zip(rates[1], rates[0]).map(/),
        atLeast: Self.floor),
    ]
  }

  /// For all policies of a batch; no two batches share one.
  private static func seconds(_ pool: EvaluatorPool, batch: Int) throws -> Double {
    let count = pool.description.layers.count
    let requests = (0..<policies).map { index in
      let widths = [index % 7 + 2, batch % 7 + 2, index / 7 + 2, batch / 7 + 2]
      let precisions = (0..<count).map { layer in
        Precision(weight: BitWidth(layer < 4 ? widths[layer] : 6) ?? .eight, activation: .eight)
      }
      return EvaluationRequest(policy: Policy(precisions), samples: images)
    }
    return try haq_bench.seconds {
      pool.expect(requests, .surely)
      for request in requests { keep(try pool.evaluate(request)) }
    }
  }
}
