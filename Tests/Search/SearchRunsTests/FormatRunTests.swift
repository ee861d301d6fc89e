import Core
import Documents
import Evaluation
import FixtureBuilding
import Foundation
import PrecisionSearch
import SearchRuns
import Studies
import Testing

/// A whole search on a target whose formats bits do not tell: its files, and what people read of it.
final class FormatRunTests {
  private let temporary: TemporaryFolder

  init() throws { temporary = try TemporaryFolder() }

  /// Seconds of a layer, by pair.
  private static let seconds: [String: Double] = [
    "int4-g128/bf16": 1, "fp8-e4m3/bf16": 3, "bf16/bf16": 4, "W8A8": 2,
  ]

  private struct Model: CostModel {
    func outcomes(of points: [Point], in network: Network) -> [PointOutcome] {
      points.map { point in
        FormatRunTests.seconds["\(point.precision)"].map { .cost(Cost(values: [.latency: $0])) }
          ?? .unsupported
      }
    }
  }

  /// Two layers; at most 5 s, where `bf16/bf16` takes 8.
  private static func problem() throws -> SearchProblem {
    let pairs = seconds.keys.compactMap(Precision.init)
    let weights = Set(pairs.map(\.weight)).sorted()
    let activations = Set(pairs.map(\.activation)).sorted()
    let table = try CostTable(
      of: Network(
        name: "fixture",
        layers: (0..<2).map {
          Layer(name: "layer\($0)", kind: .convolution, inputChannels: $0 + 1, outputChannels: $0 + 2)
        }),
      from: Model(), weightWidths: weights, activationWidths: activations,
      widthRules: WidthRules(pairs: .listed(Set(pairs)), reference: Precision("bf16/bf16")),
      aggregates: [.latency: .sum], provenance: .target(.init(id: "board", specSHA256: "spec")))
    let space = try SearchSpace(
      table, pinning: .none, measurable: MeasurableWidths(weights: weights, activations: activations))
    return SearchProblem(
      space, budgets: try BudgetSet([BudgetRequest(.latency, .relative(0.625))], in: space))
  }

  private func search(_ name: String = "run") -> RunningSearch {
    let search = RunningSearch(temporary.path(name))
    search.problem = Self.problem
    return search
  }

  /// Without `rule`, which holds both layers at the reference, beyond the limit.
  @Test(
    "every method's run has files that are read again",
    arguments: SearchSettings.Method.allCases.filter { $0 != .rule })
  func files(method: SearchSettings.Method) throws {
    let search = search()
    let document = try search.run(Fixture.settings(method))
    #expect(document.ending == .completed)
    #expect(document.reference == "bf16/bf16")
    #expect(document.budgets.map(\.limit) == [5] && document.budgets.map(\.eightBit) == [8])
    #expect(document.budgets[0].searched ?? 9 <= 5)
    #expect(try SearchDocument(json: try search.text("report.json")) == document)
    let report = try search.text("report.json")
    // Some methods find that integers everywhere are best.
    let hasNames = !document.policy.precisions.allSatisfy(\.weight.isNumberOfBits)
    #expect(report.contains("\"weight_format\" : \"") == hasNames && !report.contains("_bits\" : \""))
    #expect(try search.text("policy.json").contains("haq.policy/1"))
    let tables = try Self.problem().space.tables
    let text = document.text(tables)
    #expect(text.contains("of bf16/bf16") && text.contains("0.625x of uniform bf16/bf16"), "\(text)")
    #expect(!text.contains("8 bit"))
    #expect(document.comparison?.eightBit?.cost == [.latency: 8])
    // Nothing is asked again by a run that carries the finished one on.
    let asked = search.evaluator.asked.count
    #expect(try search.run(Fixture.settings(method), resuming: true) == document)
    #expect(search.evaluator.asked.count == asked)
  }

  @Test("a report of such a study names the reference and the formats")
  func report() throws {
    let search = search()
    _ = try search.run(Fixture.settings(.auto))
    let report = try StudyReport(temporary.path("run/study.haq"))
    let page = try report.page()
    #expect(page.contains("of bf16/bf16") && page.contains("bf16"))
    #expect(!page.contains("8 bit"))
  }
}
