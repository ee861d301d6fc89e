import Agents
import Core
import Evaluation
import Foundation
import Networks
import ONNX
import PrecisionSearch
import Targets

/// What a search saves by not doing work twice, each saving alone and all together, on both bundled networks.
///
/// Ratios are taken within a run, one measurement right after the other, so that other work on the machine disturbs both alike.
struct SearchSpeedBenchmark: Benchmark {
  let program: ProgramFolder
  let threads: Int

  private static let images = 2000
  private static let sensitivityImages = 32
  private static let evaluations = 24
  /// These runs take many seconds each.
  private static let mostRuns = 3

  func measure(runs: Int) throws -> [Measurement] {
    try [BundledModel.fashionMobileNetV1, .fashionMobileNetV2].flatMap {
      try measure($0, runs: min(runs, Self.mostRuns))
    }
  }

  private func measure(_ model: BundledModel, runs: Int) throws -> [Measurement] {
    let network = try BenchmarkNetwork(model)
    defer { network.remove() }
    let problem = try problem(model)
    let title = "\(network.title), threads: \(threads)"
    return try [
      Measurement(
        "evaluation as calibrated, \(Self.images) images, of the float inference: \(title)",
        ratios: (0..<runs).map { _ in try evaluationRatio(network) }, floor: 1.3)
    ] + kept(network, title: title, runs: runs) + searches(network, problem, title: title, runs: runs)
      + [
        Measurement(
          "agent's updates overlapped, 30 episodes, of those one after the other: \(title)",
          ratios: (0..<runs).map { _ in try overlapRatio(network, problem) })
      ]
  }

  private func evaluator(_ network: BenchmarkNetwork, reusing: Bool) throws -> EvaluatorProcess {
    try EvaluatorProcess(
      executable: program.sibling("haq-evaluator"),
      arguments: ["--network", network.argument, "--threads", "\(threads)"]
        + (reusing ? [] : ["--run-everything"]))
  }

  private func problem(_ model: BundledModel) throws -> SearchProblem {
    let network = try model.architecture.graph.network()
    let table = try program.target("bismo-zynq7020").costTable(of: network)
    let space = try SearchSpace(table)
    return SearchProblem(space, budget: try Budget(.latency, .relative(0.5), in: space))
  }

  /// Neither calibration nor the float network's own outputs, which are taken once, are in the time.
  private func evaluationRatio(_ network: BenchmarkNetwork) throws -> Double {
    let evaluator = try evaluator(network, reusing: false)
    let count = evaluator.description.layers.count
    guard let precision = Precision("W4A4") else { preconditionFailure("W4A4 is a precision") }
    let policy = Policy.uniform(precision, layerCount: count, pinned: [0: .eight, count - 1: .eight])
    func seconds(_ policy: Policy?) throws -> Double {
      try haq_bench.seconds {
        _ = try evaluator.evaluate(EvaluationRequest(policy: policy, samples: Self.images))
      }
    }
    _ = try (seconds(policy), seconds(nil))
    return try seconds(policy) / seconds(nil)
  }

  /// What an evaluator saves by keeping its calibration and its rounded weights.
  private func kept(_ network: BenchmarkNetwork, title: String, runs: Int) throws -> [Measurement] {
    var (calibrated, rounded): ([Double], [Double]) = ([], [])
    for _ in 0..<runs {
      let evaluator = try evaluator(network, reusing: false)
      let count = evaluator.description.layers.count
      _ = try evaluator.evaluate(EvaluationRequest(policy: nil, samples: Self.images))
      let seconds = try ["W4A4", "W5A5", "W5A4"].map { text in
        guard let precision = Precision(text) else { preconditionFailure("\(text) is a precision") }
        let policy = Policy.uniform(precision, layerCount: count, pinned: [0: .eight, count - 1: .eight])
        return try haq_bench.seconds {
          _ = try evaluator.evaluate(EvaluationRequest(policy: policy, samples: Self.images))
        }
      }
      // The first calibrates, the second rounds weights as the first did, the third finds them rounded.
      calibrated.append(seconds[1] / seconds[0])
      rounded.append(seconds[2] / seconds[1])
    }
    return [
      Measurement("a later evaluation, calibration kept, of the first: \(title)", ratios: calibrated),
      Measurement("an evaluation with rounded weights kept, of one that rounds: \(title)", ratios: rounded),
    ]
  }

  /// Whole searches by `auto` in one evaluator each: what is saved, as a share of the time without it.
  private func searches(
    _ network: BenchmarkNetwork, _ problem: SearchProblem, title: String, runs: Int
  ) throws -> [Measurement] {
    var ratios: [[Double]] = [[], [], []]
    var times: [Double] = []
    for _ in 0..<runs {
      let plain = try time(network, problem, reusing: false, errorRate: nil)
      times.append(plain)
      for (index, saving) in [(true, nil), (false, 0.01), (true, 0.01)].enumerated() {
        let (reusing, errorRate): (Bool, Double?) = saving
        ratios[index].append(
          try time(network, problem, reusing: reusing, errorRate: errorRate) / plain)
      }
    }
    let task = "auto, \(Self.evaluations) evaluations of \(Self.images) images"
    return [
      Measurement("\(task), nothing reused: \(title)", seconds: times),
      Measurement("with prefixes reused, of that: \(title)", ratios: ratios[0]),
      Measurement("with early stopping at 0.01, of that: \(title)", ratios: ratios[1]),
      Measurement("with both, of that: \(title)", ratios: ratios[2]),
    ]
  }

  private func time(
    _ network: BenchmarkNetwork, _ problem: SearchProblem, reusing: Bool, errorRate: Double?
  ) throws -> Double {
    let evaluator = try evaluator(network, reusing: reusing)
    // Calibration is taken once, in every case.
    _ = try evaluator.evaluate(
      EvaluationRequest(policy: .uniform(.eight, layerCount: problem.space.layerCount), samples: 1))
    let search = Search(
      problem, method: AutomaticSearch(sensitivitySamples: Self.sensitivityImages),
      options: SearchOptions(
        evaluations: Self.evaluations, seed: 1, samples: Self.images, kept: 3,
        stoppingErrorRate: errorRate))
    return try seconds { _ = try search.run(evaluator) }
  }

  private func overlapRatio(_ network: BenchmarkNetwork, _ problem: SearchProblem) throws -> Double {
    let evaluator = try evaluator(network, reusing: false)
    _ = try evaluator.evaluate(
      EvaluationRequest(policy: .uniform(.eight, layerCount: problem.space.layerCount), samples: 1))
    let times = try [AgentSearch.Updates.overlapped, .late].map { updates in
      var method = AgentSearch(updates: updates)
      method.agent.warmUpEpisodes = 3
      let search = Search(
        problem, method: method, options: SearchOptions(evaluations: 30, seed: 1, samples: 500))
      return try seconds { _ = try search.run(evaluator) }
    }
    return times[0] / times[1]
  }
}
