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

  /// Latency = size of the layer x (2 x weight bits + activation bits): unlike in both widths and in every layer.
  private struct Unlike: CostModel {
    static let sizes = [1.0, 7, 2, 11, 3, 5]

    static func cost(_ layer: Int, _ precision: Precision) -> Double {
      sizes[layer] * Double(2 * precision.weight.bits + precision.activation.bits)
    }

    func outcomes(of points: [Point], in network: Network) -> [PointOutcome] {
      points.map { .cost(Cost(values: [.latency: Self.cost($0.layer, $0.precision)])) }
    }
  }

  /// Warnings about a table that `measured` makes of the costs that are right.
  private func slips(_ measured: (Int, Precision) -> Double?) throws -> [String] {
    let network = Network(
      name: "six",
      layers: (0..<6).map {
        Layer(name: "l\($0)", kind: .fullyConnected, inputChannels: 1, outputChannels: 1)
      })
    let widths = [2, 4, 8].compactMap(BitWidth.init)
    let predicted = try CostTable(
      of: network, from: Unlike(), weightWidths: widths, activationWidths: widths,
      aggregates: [.latency: .sum], provenance: .withoutHardware("unlike"))
    var cells: [Point: [Metric: Double]] = [:]
    for layer in 0..<6 {
      for weight in widths {
        for activation in widths {
          let precision = Precision(weight: weight, activation: activation)
          guard let cost = measured(layer, precision) else { continue }
          cells[Point(layer: layer, precision: precision)] = [.latency: cost]
        }
      }
    }
    return try Comparison(
      predicted: predicted, measured: LookupTable(network: network, cells: cells), metric: .latency
    ).warnings(clockHertz: nil)
  }

  @Test("costs that are moved by one layer, swapped between operands, or partly in another unit are found")
  func slips() throws {
    #expect(try slips(Unlike.cost) == [])
    let later = try slips { $0 == 0 ? nil : Unlike.cost($0 - 1, $1) }
    #expect(later.contains { $0.contains("moved by one layer") && $0.contains("before it") }, "\(later)")
    let earlier = try slips { $0 == 5 ? nil : Unlike.cost($0 + 1, $1) }
    #expect(earlier.contains { $0.contains("moved by one layer") && $0.contains("after it") }, "\(earlier)")
    let swapped = try slips { Unlike.cost($0, Precision(weight: $1.activation, activation: $1.weight)) }
    #expect(swapped.count == 1 && swapped[0].contains("look swapped"), "\(swapped)")
    let partly = try slips { Unlike.cost($0, $1) * ($0 == 2 || $0 == 4 ? 1000 : 1) }
    #expect(
      partly.count == 1 && partly[0].contains("2 of 6 layers") && partly[0].contains("l2, l4"), "\(partly)")
    // A target that is wrong by a factor in some layers is no slip of the table.
    #expect(try slips { Unlike.cost($0, $1) * ($0 == 2 ? 4 : 1) } == [])
  }

  @Test("layers whose numbers the table skips are reported")
  func skipped() throws {
    let predicted = try CostTable(
      of: Self.network, from: Second(), weightWidths: [.eight], activationWidths: [.eight],
      aggregates: [.latency: .sum], provenance: .withoutHardware("second"))
    let cells = Dictionary(
      uniqueKeysWithValues: (0..<3).map { (Point(layer: $0, precision: .eight), [Metric.latency: 1.0]) })
    var measured = LookupTable(network: Self.network, cells: cells)
    measured.skippedLayers = [1, 4]
    let warnings = try Comparison(predicted: predicted, measured: measured, metric: .latency)
      .warnings(clockHertz: nil)
    #expect(
      warnings == [
        "the table's numbers of layers skip 2 (1, 4): those layers are missing, and no total is that of the network"
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
