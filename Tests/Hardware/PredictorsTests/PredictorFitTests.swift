import Core
import CostTables
import Diagnostics
import Foundation
import Predictors
import RandomNumbers
import Testing

@Suite("fitting a predictor")
struct PredictorFitTests {
  /// Pointwise and depthwise layers of random sizes; the same seed gives the same.
  private static func network(_ count: Int, seed: UInt64, batch: Int = 1) -> Network {
    var random = RandomSource(seed: seed)
    let layers = (0..<count).map { index in
      let side = Extent(square: 4 + Int(random.uniform() * 40))
      let (inputs, outputs) = (8 + 8 * Int(random.uniform() * 50), 8 + 8 * Int(random.uniform() * 50))
      let isDepthwise = index % 3 == 0
      return Layer(
        name: "layer \(index)", kind: isDepthwise ? .depthwise : .convolution,
        groups: isDepthwise ? inputs : 1,
        inputChannels: inputs, outputChannels: isDepthwise ? inputs : outputs, input: side, output: side,
        kernel: isDepthwise ? Extent(square: 3) : .one)
    }
    return Network(name: "random \(seed)", batch: batch, layers: layers)
  }

  /// 5 us, 100 GMAC/s (10 for depthwise layers) and 20 GB/s, whichever is slowest with a soft corner, times a factor.
  private static func latency(_ layer: Layer, batch: Int, factor: Double) -> Double {
    let rate = layer.kind == .depthwise ? 10e9 : 100e9
    let bytes = Double(layer.weightCount + batch * (layer.inputCount + layer.outputCount))
    let terms = [5e-6, Double(batch * layer.multiplyAccumulates) / rate, bytes / 20e9]
    return factor * pow(terms.reduce(0) { $0 + pow($1, 4) }, 0.25)
  }

  private static func table(
    _ network: Network, _ factor: (Layer, inout RandomSource) -> Double = { _, _ in 1 }
  ) -> LookupTable {
    var random = RandomSource(seed: 99)
    var cells: [Point: [Metric: Double]] = [:]
    for (index, layer) in network.layers.enumerated() {
      let latency = latency(layer, batch: network.batch, factor: factor(layer, &random))
      cells[Point(layer: index, precision: .eight)] = [.latency: latency]
    }
    return LookupTable(network: network, cells: cells)
  }

  private static func fit(_ tables: LookupTable...) throws -> PredictorFit {
    try PredictorFit(
      Measurements(tables.map { ($0, Predictor.Origin(file: $0.network.name, sha256: "")) }))
  }

  /// Predicted and measured latencies of layers that the fit never saw, with deviations.
  private static func unseen(
    _ fit: PredictorFit, _ table: LookupTable
  ) throws -> [(predicted: Double, measured: Double, deviation: Double)] {
    let points = table.sortedPoints
    let outcomes = try PredictedCostModel(fit.predictor, file: "p").outcomes(of: points, in: table.network)
    return try zip(points, outcomes).map { point, outcome in
      guard case .cost(let cost) = outcome else { throw Diagnostic("no cost of \(point)") }
      return (
        try #require(cost[.latency]), try #require(table.cells[point]?[.latency]),
        try #require(cost.latencyDeviation)
      )
    }
  }

  @Test("a machine that is a roofline is predicted within 2 % on layers that were not measured")
  func roofline() throws {
    let fit = try Self.fit(Self.table(Self.network(150, seed: 1)))
    for layer in try Self.unseen(fit, Self.table(Self.network(60, seed: 2))) {
      #expect(abs(layer.predicted / layer.measured - 1) < 0.02)
    }
  }

  @Test("what no roofline has is learned: layers whose channels are no multiple of 16 take twice as long")
  func learns() throws {
    func slow(_ layer: Layer, _: inout RandomSource) -> Double { layer.inputChannels % 16 == 0 ? 1 : 2 }
    let fit = try Self.fit(Self.table(Self.network(300, seed: 1), slow))
    let errors = try Self.unseen(fit, Self.table(Self.network(100, seed: 2), slow)).map {
      abs($0.predicted / $0.measured - 1)
    }
    #expect(errors.reduce(0, +) / 100 < 0.05)
    let base = fit.byShape.map { abs($0.roofline / $0.measured - 1) }.reduce(0, +) / 300
    #expect(base > 0.2)
  }

  @Test("of layers that vary by 10 % at random, 90 % intervals hold 85 to 95 %")
  func intervals() throws {
    func noise(_: Layer, _ random: inout RandomSource) -> Double { exp(0.1 * random.normal()) }
    let fit = try Self.fit(Self.table(Self.network(250, seed: 1), noise))
    let layers = try Self.unseen(fit, Self.table(Self.network(600, seed: 2), noise))
    let held = layers.count { abs(log($0.predicted / $0.measured)) <= 1.6448536 * $0.deviation }
    #expect((510...570).contains(held), "\(held) of 600")
  }

  @Test("errors that a whole network shares are found as correlation, and independent ones as none")
  func correlation() throws {
    func own(_: Layer, _ random: inout RandomSource) -> Double { exp(0.1 * random.normal()) }
    let independent = try Self.fit(
      Self.table(Self.network(60, seed: 1), own), Self.table(Self.network(60, seed: 2), own),
      Self.table(Self.network(60, seed: 3), own), Self.table(Self.network(60, seed: 4), own))
    #expect(independent.predictor.correlation < 0.1)
    let shared = try Self.fit(
      Self.table(Self.network(60, seed: 1)) { _, _ in 0.8 },
      Self.table(Self.network(60, seed: 2)) { _, _ in 1.2 },
      Self.table(Self.network(60, seed: 3)) { _, _ in 1 },
      Self.table(Self.network(60, seed: 4)) { _, _ in 1.5 })
    #expect(shared.predictor.correlation > 0.4)
  }

  @Test("a layer that another table has too is not unseen")
  func noLeak() throws {
    let network = Self.network(40, seed: 1)
    var other = network
    other.batch = 2
    let fit = try Self.fit(Self.table(network), Self.table(other))
    #expect(fit.predictor.batches == 1...2)
    #expect(fit.byShape.count == 80)
    // Without the shapes of one table nothing is left to learn from.
    #expect(fit.byTable.isEmpty)
  }

  @Test("a latency of 0 is an error that names the layer, and a table without latencies one too")
  func refused() throws {
    let network = Self.network(3, seed: 1)
    var table = Self.table(network)
    table.cells[Point(layer: 1, precision: .eight)] = [.latency: 0]
    let origin = Predictor.Origin(file: "t.csv", sha256: "")
    #expect {
      try Measurements([(table, origin)])
    } throws: {
      "\($0)".contains("layer 1")
    }
    #expect(throws: Diagnostic.self) {
      try Measurements([(LookupTable(network: network, cells: [:]), origin)])
    }
  }
}
