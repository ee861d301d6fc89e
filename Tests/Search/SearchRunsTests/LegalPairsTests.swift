import Core
import Evaluation
import FixtureBuilding
import Foundation
import PrecisionSearch
import SearchRuns
import Specs
import Testing

/// Every method on the width rules of every target that haq ships, and of made-up ones.
@Suite struct LegalPairsTests {
  /// The widths of a target, and what it costs: costs neither fall nor add up regularly.
  struct Widths: Sendable, CustomTestStringConvertible {
    var name: String
    var weights: [BitWidth]
    var activations: [BitWidth]
    var rules: WidthRules

    var testDescription: String { name }

    func hasRules(of other: Widths) -> Bool {
      weights == other.weights && activations == other.activations && rules == other.rules
    }

    /// A layer of every kind that has pairs of its own.
    var kinds: [Layer.Kind] {
      let own = rules.pairsOfKinds?.map(\.kind) ?? []
      return (own + Array(repeating: own.first ?? .convolution, count: 3)).prefix(max(3, own.count)).map {
        $0
      }
    }

    /// By spec.md section 4, without the code under test.
    func isLegal(_ precision: Precision, for kind: Layer.Kind) -> Bool {
      guard weights.contains(precision.weight), activations.contains(precision.activation) else {
        return false
      }
      if let own = rules.pairsOfKinds?.first(where: { $0.kind == kind }), !own.pairs.contains(precision) {
        return false
      }
      switch rules.pairs {
      case .all: return true
      case .equal: return precision.weight == precision.activation
      case .listed(let pairs): return pairs.contains(precision)
      }
    }

    /// Whether the searched layers can all have one pair within a limit; the pinned ends have the reference.
    func hasUniform(within limit: Double, in space: SearchSpace, _ pinning: SearchSpace.Pinning) throws
      -> Bool
    {
      let searched = pinning == .none ? kinds.indices : kinds.indices.dropFirst().dropLast()
      let pairs = weights.flatMap { weight in activations.map { Precision(weight: weight, activation: $0) } }
      return try pairs.contains { pair in
        guard searched.allSatisfy({ isLegal(pair, for: kinds[$0]) }) else { return false }
        let policy = Policy(kinds.indices.map { searched.contains($0) ? pair : space.reference })
        return try space.total(Resource(.latency), of: policy).map { $0 <= limit } ?? false
      }
    }

    var measurable: MeasurableWidths { MeasurableWidths(weights: weights, activations: activations) }

    func table() throws -> CostTable {
      try CostTable(
        of: Network(
          name: "three",
          layers: kinds.enumerated().map {
            Layer(
              name: "layer\($0)", kind: $1, groups: $1 == .depthwise ? $0 + 2 : 1,
              inputChannels: $1 == .depthwise ? $0 + 2 : $0 + 1, outputChannels: $0 + 2)
          }), from: Irregular(), weightWidths: weights, activationWidths: activations, widthRules: rules,
        aggregates: [.latency: .sum], provenance: .target(.init(id: name, specSHA256: "spec")))
    }
  }

  private struct Irregular: CostModel {
    func outcomes(of points: [Point], in network: Network) -> [PointOutcome] {
      points.map { point in
        let (weight, activation) = (point.precision.weight.bits, point.precision.activation.bits)
        let noise = (point.layer * 17 + weight * 7 + activation * 13) % 11
        return .cost(Cost(values: [.latency: Double(weight * activation + noise)]))
      }
    }
  }

  /// The width rules of the shipped targets, each once: costs are made up here, so that the rules are all that counts.
  static func shipped() throws -> [Widths] {
    let folder = "\(Places.package)/hardware-specs"
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
    return try files.filter { $0.hasSuffix(".json") }.sorted().reduce(into: []) { found, file in
      let bytes = try Data(contentsOf: URL(filePath: "\(folder)/\(file)"))
      let capabilities = try TargetSpec.read(bytes, file: file).spec.capabilities
      let widths = Widths(
        name: file, weights: capabilities.weightWidths, activations: capabilities.activationWidths,
        rules: capabilities.widthRules)
      if let same = found.firstIndex(where: { $0.hasRules(of: widths) }) {
        found[same].name += " \(file)"
      } else {
        found.append(widths)
      }
    }
  }

  static func widths(_ bits: Int...) -> [BitWidth] { bits.compactMap { BitWidth($0) } }

  /// Pairs as accelerators of language models have them: weights narrower than activations, never wider.
  static let madeUp = [
    Widths(
      name: "listed pairs", weights: widths(2, 4, 8), activations: widths(4, 8),
      rules: WidthRules(
        pairs: .listed(Set(["W2A8", "W4A4", "W4A8", "W8A8"].map { Precision($0)! })), otherWidths: .roundUp)),
    Widths(
      name: "no equal pair", weights: widths(4, 8), activations: widths(16),
      rules: WidthRules(
        pairs: .listed(Set(["W4A16", "W8A16"].map { Precision($0)! })), otherWidths: .roundUp)),
    Widths(
      name: "equal pairs of four", weights: widths(2, 4, 6, 8), activations: widths(2, 4, 6, 8),
      rules: WidthRules(pairs: .equal, otherWidths: .roundUp)),
  ]

  static func pairs(_ texts: String...) -> Set<Precision> { Set(texts.map { Precision($0)! }) }

  static func formats(_ name: String, _ rules: WidthRules) -> Widths {
    guard case .listed(let pairs) = rules.pairs else { preconditionFailure() }
    return Widths(
      name: name, weights: Set(pairs.map(\.weight)).sorted(),
      activations: Set(pairs.map(\.activation)).sorted(), rules: rules)
  }

  /// Formats that bits do not order, one list for all layers or one for each kind.
  static let ofFormats = [
    formats("int8 beside floats", WidthRules(pairs: .listed(pairs("int8/int8", "fp32/fp32")))),
    formats(
      "a GPU",
      WidthRules(
        pairs: .listed(pairs("int8/int8", "fp8-e4m3/bf16", "int4-g128/bf16", "bf16/bf16", "fp16/fp16")))),
    formats(
      "microscaling",
      WidthRules(
        pairs: .listed(pairs("mxfp4/mxfp8-e4m3", "mxfp8-e4m3/mxfp8-e4m3", "nvfp4/nvfp4", "fp16/fp16")),
        reference: Precision("fp16/fp16"))),
    formats(
      "kinds of layers",
      WidthRules(
        pairs: .listed(pairs("int8/int8", "int4-g128/bf16", "bf16/bf16")),
        pairsOfKinds: [
          .init(kind: .convolution, pairs: pairs("int4-g128/bf16", "bf16/bf16", "int8/int8")),
          .init(kind: .depthwise, pairs: pairs("int8/int8")),
          .init(kind: .fullyConnected, pairs: pairs("int8/int8", "bf16/bf16")),
        ])),
    formats(
      "rounding up",
      WidthRules(
        pairs: .listed(pairs("int8/bf16", "bf16/bf16")), otherWidths: .roundUp,
        reference: Precision("bf16/bf16"))),
  ]

  /// Sensitivities are measured with one operand narrowed, on fewer samples, whatever pairs the target has.
  private static let sensitivitySamples = 10

  private static func settings(_ method: SearchSettings.Method) -> SearchSettings {
    var settings = SearchSettings()
    (settings.method, settings.evaluations, settings.searchSamples) = (method, 10, 100)
    settings.sensitivitySamples = sensitivitySamples
    (settings.agent.warmUp, settings.agent.hidden) = (4, .init(first: 8, second: 8))
    return settings
  }

  @Test("the folder of shipped targets was read")
  func specs() throws {
    let files = try Self.shipped().flatMap { $0.name.split(separator: " ") }
    #expect(files.count >= 12 && files.contains("nvidia-t4.json"))
  }

  @Test(
    "every method measures only pairs that the target has, and none that it rounds up",
    arguments: SearchSettings.Method.allCases, try shipped() + madeUp + ofFormats)
  func methods(method: SearchSettings.Method, widths: Widths) throws {
    let objectives: [Objective] =
      [.accuracy] + ([.auto, .evolution].contains(method) ? [.cost(Resource(.latency), drop: 0.3)] : [])
    let spaces: [(SearchSpace.Pinning, TiedWidths)] = [
      (.none, widths.rules.pairsOfKinds == nil ? TiedWidths([[1, 2]]) : .none), (.firstAndLast(nil), .none),
    ]
    // `rule` holds the ends at 8 bit even where they are searched, which alone is beyond this budget.
    for (pinning, tied) in spaces where method != .rule || pinning != .none {
      let space = try SearchSpace(
        try widths.table(), pinning: pinning, measurable: widths.measurable, tiedWidths: tied)
      // Between the least and the uniform reference, so that policies are lowered, and some can stay.
      let least = try #require(try space.minimum(of: Resource(.latency)))
      let reference = Policy.uniform(space.reference, layerCount: space.layerCount)
      let most = try #require(try space.total(Resource(.latency), of: reference))
      let limit = least + 0.6 * (most - least)
      let budget = BudgetRequest(.latency, .absolute(limit))
      for objective in objectives {
        let problem = SearchProblem(
          space, budgets: try BudgetSet([budget], in: space), objective: objective)
        let plan = try SearchPlan(Self.settings(method))
        let evaluator = ScriptedEvaluator()
        if [.uniform, .rule].contains(method), try !widths.hasUniform(within: limit, in: space, pinning) {
          let error = #expect(throws: (any Error).self) {
            try Search(
              problem, method: plan.searchMethod(for: objective, demonstrations: []),
              options: plan.options(validationSamples: 100)
            ).run(evaluator)
          }
          #expect(
            error.map { "\($0)" }?.contains("no pair of widths that all searched layers can have") == true)
          continue
        }
        let result = try Search(
          problem, method: plan.searchMethod(for: objective, demonstrations: []),
          options: plan.options(validationSamples: 100)
        ).run(evaluator)
        let comparison = try FinalComparison(problem, finalists: result.finalists(), fineTuning: nil)
        _ = try comparison.run(evaluator)
        let chosen = evaluator.asked.filter { $0.samples != Self.sensitivitySamples }.compactMap(\.policy)
        #expect(!result.episodes.isEmpty && !chosen.isEmpty)
        let illegal = Set(
          chosen.flatMap { zip(widths.kinds, $0.precisions).filter { !widths.isLegal($1, for: $0) }.map(\.1) }
        )
        #expect(illegal.isEmpty)
        for episode in result.episodes {
          #expect(try space.total(Resource(.latency), of: episode.measured.policy)! <= limit)
        }
      }
    }
  }
}
