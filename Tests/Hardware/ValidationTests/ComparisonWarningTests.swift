import Core
import CostTables
import Testing
import Validation

@Suite("what a reader must know before trusting a comparison")
struct ComparisonWarningTests {
  /// 1 s at every precision but 4-bit weights of the second layer, which it cannot run.
  private struct Second: CostModel {
    func outcomes(of points: [Point], in network: Network) -> [PointOutcome] {
      points.map {
        $0.layer == 1 && $0.precision.weight.bits == 4 ? .unsupported : .cost(Cost(values: [.latency: 1]))
      }
    }
  }

  private static let network = Network(
    name: "three",
    layers: ["a", "b", "c"].map {
      Layer(name: $0, kind: .fullyConnected, inputChannels: 1, outputChannels: 1)
    })

  private func warnings(_ cells: [(layer: Int, bits: Int, latency: Double)]) throws -> [String] {
    let pairs = try cells.map { cell in
      let width = try #require(BitWidth(cell.bits))
      let precision = Precision(weight: width, activation: .eight)
      return (Point(layer: cell.layer, precision: precision), [Metric.latency: cell.latency])
    }
    let predicted = try CostTable(
      of: Self.network, from: Second(), weightWidths: [2, 4, 8].compactMap(BitWidth.init),
      activationWidths: [.eight], aggregates: [.latency: .sum], provenance: .withoutHardware("second"))
    let measured = LookupTable(network: Self.network, cells: Dictionary(uniqueKeysWithValues: pairs))
    return try Comparison(predicted: predicted, measured: measured, metric: .latency).warnings(
      clockHertz: nil)
  }

  @Test("layers without measurements and points that cannot run are counted and named")
  func coverage() throws {
    let warnings = try warnings([(0, 2, 1), (1, 2, 1), (1, 4, 1)])
    #expect(
      warnings == [
        "the table lacks 1 of 3 layers (c); all figures are of the other 2",
        "the target cannot run 1 measured points, which no figure counts: b at W4A8",
      ])
  }

  @Test("measurements that are all a thousand times the predictions look like milliseconds")
  func unit() throws {
    let cells = (0..<3).flatMap { layer in [2, 8].map { (layer: layer, bits: $0, latency: 1000.0) } }
    let warnings = try warnings(cells)
    #expect(warnings.count == 1)
    #expect(warnings[0].contains("milliseconds") && warnings[0].contains("seconds"), "\(warnings)")
    let exact = try self.warnings(cells.map { (layer: $0.layer, bits: $0.bits, latency: 1) })
    #expect(exact.isEmpty)
  }
}
