import Core
import Evaluation
import FixtureBuilding
import Foundation
import PrecisionSearch
import SearchRuns
import Studies

/// A cost model from a function of a precision, the same for every layer.
private struct FormulaModel: CostModel {
  let latency: @Sendable (Precision) -> Double
  /// Seconds of a layer's latency that lie between layers; nil for a target of layers alone.
  var between: Double?

  func outcomes(of points: [Point], in network: Network) -> [PointOutcome] {
    points.map { point in
      let latency = latency(point.precision)
      return .cost(Cost(values: [.latency: latency], latencyAlone: between.map { latency - $0 }))
    }
  }
}

/// An evaluator by hand: its accuracies can be told from the policy.
///
/// Float networks have 0.9. A policy has 1 % for each bit of its mean weight width and 0.1 % for each of its mean
/// activation width, 10 % more with fine-tuning, and 0.5 % less on the test split.
final class ScriptedEvaluator: AccuracyEvaluator {
  private(set) var asked: [EvaluationRequest] = []
  /// What happens in place of an answer, by the number of the question, from 1.
  var interruption: (Int) throws -> Void = { _ in }
  /// What only some of the samples say of a policy, as calibrated; nil where they are like all.
  var accuracyOfPart: ((Policy) -> Double)?
  /// Nil answers.
  var failure: (Policy) -> String? = { _ in nil }

  /// What the formula says, for expectations by hand.
  static func accuracy(_ policy: Policy, isTuned: Bool = false, on split: Split = .validation) -> Double {
    let count = Double(policy.precisions.count)
    let weights = Double(policy.precisions.reduce(0) { $0 + $1.weight.bits }) / count
    let activations = Double(policy.precisions.reduce(0) { $0 + $1.activation.bits }) / count
    return weights / 100 + activations / 1000 + (isTuned ? 0.1 : 0) - (split == .test ? 0.005 : 0)
  }

  func evaluate(_ request: EvaluationRequest) throws -> EvaluationResult {
    asked.append(request)
    try interruption(asked.count)
    if let reason = request.policy.flatMap(failure) { return .failed(reason) }
    let accuracy =
      request.policy.map { policy in
        request.samples.flatMap { _ in accuracyOfPart?(policy) }
          ?? Self.accuracy(policy, isTuned: request.fineTuning != nil, on: request.split)
      } ?? 0.9
    var figures = EvaluationResult.Figures(accuracy: accuracy, loss: 1, samples: request.samples ?? 100)
    if request.extras?.contains(.correctSamples) == true {
      // Float networks are right on the first samples, policies on the last.
      figures.correctSamples = CorrectSamples(
        (0..<figures.samples).map {
          let share = Double($0) / Double(figures.samples)
          return request.policy == nil ? share < accuracy : share >= 1 - accuracy
        })
    }
    return .measured(figures)
  }

  /// Such as `W4A8 W4A8 tuned test`.
  var questions: [String] { asked.map(Self.text) }

  private static func text(_ request: EvaluationRequest) -> String {
    let policy = request.policy?.precisions.map(\.description).joined(separator: " ") ?? "float"
    return policy + (request.fineTuning == nil ? "" : " tuned") + (request.split == .test ? " test" : "")
  }
}

/// Two layers, widths 2, 4 and 8; a layer's latency is the product of its widths, so that uniform 8 bit takes 128 s.
enum Fixture {
  ///
  /// - Parameter between: Seconds of each layer that lie between layers; nil for a target of layers alone.
  static func table(
    network: String = "fixture", target: String = "board", between: Double? = nil
  ) throws -> CostTable {
    let widths = [2, 4, 8].map { BitWidth($0)! }
    return try CostTable(
      of: Network(
        name: network,
        layers: (0..<2).map {
          Layer(name: "layer\($0)", kind: .convolution, inputChannels: $0 + 1, outputChannels: $0 + 2)
        }),
      from: FormulaModel(latency: { Double($0.weight.bits * $0.activation.bits) }, between: between),
      weightWidths: widths, activationWidths: widths, aggregates: [.latency: .sum],
      provenance: .target(.init(id: target, specSHA256: "spec")))
  }

  /// At most half of uniform 8 bit: 64 s.
  static func problem(objective: Objective = .accuracy, between: Double? = nil) throws -> SearchProblem {
    let space = try SearchSpace(try table(between: between), pinning: .none)
    return SearchProblem(
      space, budgets: try BudgetSet([BudgetRequest(.latency, .relative(0.5))], in: space),
      objective: objective)
  }

  static func policy(_ precisions: String...) -> Policy { Policy(precisions.map { Precision($0)! }) }

  static func settings(_ method: SearchSettings.Method = .random, evaluations: Int = 6) -> SearchSettings {
    var settings = SearchSettings()
    (settings.method, settings.evaluations) = (method, evaluations)
    settings.finalists = 2
    settings.training.finalSamples = 0
    settings.searchesEnds = true
    return settings
  }

  static let evaluator = EvaluatorDescription(
    program: "scripted 1", network: "fixture", layers: ["layer0", "layer1"], data: "none",
    trainingSamples: 100, validationSamples: 100, testSamples: 100)

  static func run(_ settings: SearchSettings, _ problem: SearchProblem? = nil) throws -> SearchRun {
    try SearchRun(problem ?? self.problem(), SearchPlan(settings), evaluator: evaluator)
  }
}
