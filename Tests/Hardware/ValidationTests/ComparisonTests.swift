import Core
import CostTables
import Diagnostics
import Testing
import Validation

@Suite("a target's costs beside measured ones")
struct ComparisonTests {
  /// Latency = layer x 10 + weight bits; the second layer is depthwise and has no cost at 4 bits.
  private struct Model: CostModel {
    func outcomes(of points: [Point], in network: Network) -> [PointOutcome] {
      points.map { point in
        let weight = point.precision.weight.bits
        if point.layer == 1, weight == 4 { return .unsupported }
        let bound: Breakdown.Bound = point.layer == 0 ? .compute : .weightTraffic
        return .cost(
          Cost(
            values: [.latency: Double(point.layer * 10 + weight)],
            breakdown: Breakdown(
              computeSeconds: 1, weightTrafficSeconds: 1, activationTrafficSeconds: 1, bound: bound)))
      }
    }
  }

  private let network = Network(
    name: "three",
    layers: [
      Layer(name: "a", kind: .convolution, inputChannels: 1, outputChannels: 1),
      Layer(name: "b", kind: .depthwise, inputChannels: 1, outputChannels: 1),
      Layer(name: "c", kind: .convolution, inputChannels: 1, outputChannels: 1),
    ])

  private func point(_ layer: Int, _ weight: Int) throws -> Point {
    let width = try #require(BitWidth(weight))
    return Point(layer: layer, precision: Precision(weight: width, activation: .eight))
  }

  private func predicted() throws -> CostTable {
    try CostTable(
      of: network, from: Model(), weightWidths: [2, 4].compactMap(BitWidth.init), activationWidths: [.eight],
      aggregates: [.latency: .sum],
      provenance: .withoutHardware("t"))
  }

  private func measured(_ cells: [(Int, Int, Double)]) throws -> LookupTable {
    let pairs = try cells.map { (try point($0, $1), [Metric.latency: $2]) }
    return LookupTable(network: network, cells: Dictionary(uniqueKeysWithValues: pairs))
  }

  @Test("pairs points, and names what only one side has")
  func pairs() throws {
    let table = try measured([(0, 2, 2), (0, 4, 5), (1, 2, 10), (1, 4, 3)])
    let comparison = try Comparison(predicted: predicted(), measured: table, metric: .latency)
    #expect(comparison.points.map(\.predicted) == [2, 4, 12])
    #expect(comparison.points.map(\.measured) == [2, 5, 10])
    #expect(comparison.unpredicted == [try point(1, 4)])
    #expect(comparison.unmeasuredLayers == ["c"])
    #expect(comparison.byKind.map(\.kind) == [.convolution, .depthwise])
    #expect(comparison.byKind.map(\.statistics.count) == [2, 1])
    #expect(comparison.byBound.map(\.bound) == [.compute, .weightTraffic])
    // Errors 0, -0.2 and +0.2: the first worst one is the first of the two by order.
    #expect(comparison.worst(10).map(\.predicted) == [4, 12])
  }

  @Test("totals are over precisions that every compared layer has")
  func totals() throws {
    let table = try measured([(0, 2, 2), (0, 4, 5), (2, 2, 20), (2, 4, 25)])
    let comparison = try Comparison(predicted: predicted(), measured: table, metric: .latency)
    let totals = NetworkTotals(comparison.points, aggregate: .sum)
    #expect(totals.layerCount == 2)
    // Predicted 2 + 22 and 4 + 24.
    #expect(totals.totals.map(\.predicted) == [24, 28])
    #expect(totals.totals.map(\.measured) == [22, 30])
    let largest = NetworkTotals(comparison.points, aggregate: .max)
    #expect(largest.totals.map(\.predicted) == [22, 24])
    let holed = NetworkTotals(Array(comparison.points.dropLast()), aggregate: .sum)
    #expect(holed.totals.map(\.precision.weight.bits) == [2])
  }

  /// 100 for each bit of outputs, or of activations where that is not stated, plus weight bits.
  private struct StoringModel: CostModel {
    var usesOutputWidths: Bool { true }

    func outcomes(of points: [Point], in network: Network) -> [PointOutcome] {
      points.map { point in
        let output = point.output ?? point.precision.activation
        return .cost(Cost(values: [.latency: Double(100 * output.bits + point.precision.weight.bits)]))
      }
    }
  }

  @Test("an output whose width the table does not state has that of a network of one precision, rule T-6")
  func outputs() throws {
    var network = network
    // "b" and "c" read "a", nobody reads them.
    network.outputReaders = [[1, 2], [], []]
    let widths = [4, 8].compactMap(BitWidth.init)
    let predicted = try CostTable(
      of: network, from: StoringModel(), weightWidths: widths, activationWidths: widths,
      aggregates: [.latency: .sum], provenance: .withoutHardware("t"))
    let (four, mixed) = (Precision(weight: widths[0], activation: widths[0]), Precision("W8A4")!)
    let cells: [Point: [Metric: Double]] = [
      Point(layer: 0, precision: four): [.latency: 1], Point(layer: 1, precision: mixed): [.latency: 1],
      Point(layer: 2, precision: four, output: .float): [.latency: 1],
      Point(layer: 0, precision: four, output: .eight): [.latency: 1],
    ]
    let comparison = try Comparison(
      predicted: predicted, measured: LookupTable(network: network, cells: cells), metric: .latency)
    // Read at 4 bits; stated as 8; by nobody, with weights of 8 bits; stated as 32.
    #expect(comparison.points.map(\.predicted) == [404, 804, 3208, 3204])
    #expect(comparison.points.map(\.isUniform) == [true, false, true, true])
  }

  @Test("nothing in common, a metric the target lacks, and zeros are errors")
  func refused() throws {
    #expect(throws: Diagnostic.self) {
      try Comparison(predicted: predicted(), measured: measured([(1, 4, 3)]), metric: .latency)
    }
    #expect(throws: Diagnostic.self) {
      try Comparison(predicted: predicted(), measured: measured([(0, 2, 3)]), metric: .energy)
    }
    let thrown = #expect(throws: Diagnostic.self) {
      try Comparison(predicted: predicted(), measured: measured([(0, 2, 0), (0, 4, 4)]), metric: .latency)
    }
    #expect(thrown?.message.hasPrefix("1 measured values of latency_s are 0") == true)
    #expect(thrown?.message.contains("a at W2A8") == true)
  }
}
