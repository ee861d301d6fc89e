package import Core
import Evaluation
import Foundation
import PrecisionSearch
import RandomNumbers
import Studies

/// A study of many random policies, made without a search; the same for the same numbers.
package struct LongStudy {
  /// Of its file.
  package let path: String
  package let table: CostTable
  private let samples = 2000
  private let layerCount: Int
  private var source = RandomSource(seed: 1)
  private var best: Double?
  private var count = 0

  /// An empty one.
  package init(in folder: String, layers: Int) throws {
    layerCount = layers
    table = try Self.table(layers: layers)
    path = "\(folder)/long.haq"
    let study = try Study.create(
      at: path,
      NewStudy(
        arguments: ["long", "--target", "board"], directory: "/",
        facts: StudyFacts([
          .init(.accuracy, "network", table.network.name), .init(.cost, "target", "board"),
          .init(.search, "method", "random"),
        ]),
        problem: StudyProblem(
          objective: .accuracy, budgets: [.init(Resource(.latency), 1)], evaluations: 1_000_000,
          searchSamples: samples),
        documents: [.costTables: String(decoding: try JSONEncoder().encode([table]), as: UTF8.self)]),
      programSHA256: "0")
    let float = EvaluationResult(accuracy: 0.9, loss: 0.5, samples: samples)
    try study.record(
      EvaluationRequest(policy: nil, samples: samples), Answer(float, worker: 1, durationSeconds: 0.5),
      costs: [:])
  }

  /// Adds the next policies, of which 1 in 50 failed; opens the study and closes it.
  package mutating func grow(by news: Int) throws {
    let study = try Study(at: path, programSHA256: "0")
    let policies = try (0..<news).map { _ in try next() }
    try study.record(policies)
  }

  private mutating func next() throws -> (RecordedEvaluation, Episode) {
    let widths = table.weightWidths
    let policy = Policy(
      (0..<layerCount).map { _ in
        Precision(
          weight: widths[Int(source.uniform() * 6.999)], activation: widths[Int(source.uniform() * 6.999)])
      })
    let bits = policy.precisions.reduce(0) { $0 + $1.weight.bits + $1.activation.bits }
    let share = Double(bits) / Double(16 * layerCount)
    // Whole samples of all.
    let right = (0.9 * (1 - 0.5 * (1 - share) * (0.5 + source.uniform())) * Double(samples)).rounded()
    let result =
      count % 50 == 49
      ? EvaluationResult.failed("exit status 9")
      : EvaluationResult(accuracy: right / Double(samples), loss: 2 - share, samples: samples)
    let cost = try table.total(.latency, of: policy) ?? 0
    let accuracy = result.figures?.accuracy
    let isBest = accuracy.map { $0 > best ?? -1 } ?? false
    if isBest { best = accuracy }
    defer { count += 1 }
    return (
      RecordedEvaluation(
        number: count + 2, request: EvaluationRequest(policy: policy, samples: samples), result: result,
        costs: [.latency: cost], worker: 1, durationSeconds: 0.5, endedAt: Self.time(count)),
      Episode(
        index: count, origin: .random, measured: MeasuredPolicy(policy: policy, cost: cost, result: result),
        reward: accuracy ?? -1, isRepeated: false, isBest: isBest)
    )
  }

  /// One policy a second.
  private static func time(_ second: Int) -> String {
    let date = Date(timeIntervalSince1970: 1_767_225_600 + Double(second))
    return date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }

  /// Layers that take unlike times for a bit.
  package static func table(layers: Int) throws -> CostTable {
    let network = Network(
      name: "\(layers) layers",
      layers: (0..<layers).map {
        Layer(name: "layer \($0)", kind: .convolution, inputChannels: 16, outputChannels: 16 + $0)
      })
    let widths = BitWidth.all(from: BitWidth(2)!, through: .eight)
    return try CostTable(
      of: network, from: Times(), weightWidths: widths, activationWidths: widths,
      aggregates: [.latency: .sum], provenance: .withoutHardware("board"))
  }

  private struct Times: CostModel {
    func outcomes(of points: [Point], in network: Network) -> [PointOutcome] {
      points.map { point in
        let bits = Double(point.precision.weight.bits * point.precision.activation.bits)
        return .cost(Cost(values: [.latency: bits * Double(point.layer + 1) * 1.37e-6]))
      }
    }
  }
}
