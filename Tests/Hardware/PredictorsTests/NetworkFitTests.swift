import Core
import CostTables
import Diagnostics
import Foundation
import Predictors
import RandomNumbers
import Specs
import Testing

@Suite("what lies between layers")
struct NetworkFitTests {
  private static let wide = Precision(weight: .float, activation: .float)

  /// Pointwise layers in a chain, each of which reads the one before.
  private static func network(_ name: String, _ count: Int, seed: UInt64) -> Network {
    var random = RandomSource(seed: seed)
    let layers = (0..<count).map { index in
      let side = Extent(square: 4 + Int(random.uniform() * 30))
      return Layer(
        name: "\(index)", kind: .convolution, inputChannels: 8 + 8 * Int(random.uniform() * 40),
        outputChannels: 8 + 8 * Int(random.uniform() * 40), input: side, output: side)
    }
    return Network(
      name: name, layers: layers, outputReaders: (0..<count).map { $0 + 1 < count ? [$0 + 1] : [] })
  }

  /// 2 us and 50 GMAC/s at W8A8, 3 us and 20 GMAC/s at W32A32, with the soft corner of a roofline.
  private static func alone(_ layer: Layer, _ precision: Precision) -> Double {
    let (fixed, rate) = precision == .eight ? (2e-6, 50e9) : (3e-6, 20e9)
    return pow(pow(fixed, 4) + pow(Double(layer.multiplyAccumulates) / rate, 4), 0.25)
  }

  private static func tables() throws -> Measurements {
    let network = network("layers", 150, seed: 1)
    var cells: [Point: [Metric: Double]] = [:]
    for (index, layer) in network.layers.enumerated() {
      for precision in [.eight, wide] {
        cells[Point(layer: index, precision: precision)] = [.latency: alone(layer, precision)]
      }
    }
    return try Measurements([
      (LookupTable(network: network, cells: cells), Predictor.Origin(file: "t.csv", sha256: ""))
    ])
  }

  /// What a runtime is to take: 20 us a network, 1 us a layer, 1.1 times the layers, 3 us where an output becomes narrower
  /// than what its layer reads and 0.5 ns for each of its elements; where it becomes wider, the layer runs as W32A32.
  private static func latency(_ network: Network, _ policy: Policy) -> Double {
    var latency = 20e-6
    for (index, layer) in network.layers.enumerated() {
      let isLast = index + 1 == network.layers.count
      let stored = isLast ? BitWidth.float : policy[index + 1].activation
      let isWidened = policy[index] == .eight && stored == .float
      latency += 1e-6 + 1.1 * alone(layer, isWidened ? wide : policy[index])
      if policy[index] == wide, stored == .eight { latency += 3e-6 + 0.5e-9 * Double(layer.outputCount) }
    }
    return latency
  }

  private static func measured(_ names: [String], layers: Int = 24) -> MeasuredNetworksDocument {
    let networks = names.enumerated().map { network($1, layers + $0, seed: 10 + UInt64($0)) }
    var random = RandomSource(seed: 3)
    let runs = networks.indices.flatMap { index -> [MeasuredNetworksDocument.Run] in
      let count = networks[index].layers.count
      let mixes = (0..<10).map { _ in Policy((0..<count).map { _ in random.uniform() < 0.5 ? .eight : wide })
      }
      let policies = [.uniform(.eight, layerCount: count), .uniform(wide, layerCount: count)] + mixes
      return policies.map { .init(network: index, policy: $0, latency: latency(networks[index], $0)) }
    }
    return MeasuredNetworksDocument(networks: networks, runs: runs)
  }

  @Test(
    "a network that was not fitted is predicted within 3 %, where the sum of its layers is 5 % and more off")
  func predicts() throws {
    let fit = try PredictorFit(try Self.tables(), networks: Self.measured(["a", "b", "c"]))
    let networks = try #require(fit.networks)
    #expect(networks.isByNetwork && networks.heldOut.count == 36)
    for run in networks.heldOut {
      #expect(abs(run.predicted / run.measured - 1) < 0.03, "\(run)")
      #expect(run.sumOfLayers < 0.95 * run.measured)
    }
    // A network that no file has, through the model that searches use.
    let network = Self.network("d", 30, seed: 77)
    let model = try #require(PredictedNetworkModel(fit.predictor, file: "p"))
    let widths = [BitWidth.eight, .float]
    let table = try CostTable(
      of: network, from: model, weightWidths: widths, activationWidths: widths,
      widthRules: WidthRules(pairs: .equal), aggregates: [.latency: .sum],
      provenance: .withoutHardware("d"))
    var random = RandomSource(seed: 4)
    for _ in 0..<20 {
      let policy = Policy((0..<30).map { _ in random.uniform() < 0.5 ? .eight : Self.wide })
      let predicted = try #require(try table.total(.latency, of: policy))
      #expect(abs(predicted / Self.latency(network, policy) - 1) < 0.03)
      let alone = try #require(table.latencyOfLayersAlone(of: policy))
      let expected = zip(network.layers, policy.precisions).reduce(0) { $0 + Self.alone($1.0, $1.1) }
      #expect(abs(alone / expected - 1) < 0.02)
    }
  }

  @Test("what is fitted is what was there: a share of 1.1, and a wide output that makes its layer a wide one")
  func coefficients() throws {
    let fit = try PredictorFit(try Self.tables(), networks: Self.measured(["a", "b", "c", "d"]))
    let found = try #require(fit.networks).coefficients
    func share(_ precision: String) -> Double {
      (found["share_of_layers"] ?? 0) + (found["share_of_layers \(precision)"] ?? 0)
    }
    #expect(abs(share("W32A32") - 1.1) < 0.1)
    #expect(abs(share("W8A8") - 1.1) < 0.15)
    #expect(abs((found["share_of_slowdown"] ?? 0) - 1.1) < 0.15, "\(found)")
    #expect((found["s_per_narrowing"] ?? 0) + (found["s_per_narrowed_element"] ?? 0) > 0)
    #expect(found.values.allSatisfy { $0 > 0 })
  }

  @Test("of one network, a fifth of the runs is held out at a time")
  func oneNetwork() throws {
    let fit = try #require(try PredictorFit(try Self.tables(), networks: Self.measured(["a"])).networks)
    #expect(!fit.isByNetwork && fit.heldOut.count == 12)
    #expect(fit.heldOut.allSatisfy { abs($0.predicted / $0.measured - 1) < 0.1 })
  }

  @Test("a precision that no table has is an error that names network, layer and precision")
  func unknownPrecision() throws {
    var measured = Self.measured(["a"])
    measured.runs[0].policy[3] = Precision(weight: .eight, activation: .float)
    #expect {
      try PredictorFit(try Self.tables(), networks: measured)
    } throws: {
      "\($0)".contains("W8A32 of layer \"3\" of \"a\" cannot be predicted")
    }
  }

  @Test(
    "written and read again, a predictor of networks gives the same bits, and impossible terms are refused")
  func file() throws {
    let predictor = try PredictorFit(try Self.tables(), networks: Self.measured(["a", "b"])).predictor
    let text = try predictor.text()
    let again = try Predictor(reading: Data(text.utf8), file: "p.json")
    #expect(again.network == predictor.network && again.predictsNetworks)
    for (was, with) in [
      ("\"s_per_network\"", "\"s_per_moon\""), ("\"share_of_slowdown\" : ", "\"share_of_slowdown\" : -"),
    ] {
      #expect(text.contains(was), "\(was)")
      #expect(throws: Diagnostic.self) {
        try Predictor(reading: Data(text.replacing(was, with: with).utf8), file: "p.json")
      }
    }
  }
}

@Suite("least squares without negative numbers")
struct NonNegativeLeastSquaresTests {
  @Test("what lies inside is found exactly, and what would be negative is 0")
  func byHand() {
    // x + y = 3 and x - y = 1.
    let inside = NonNegativeLeastSquares.solve([[1, 1], [1, -1]], [3, 1])
    #expect(abs(inside[0] - 2) < 1e-8 && abs(inside[1] - 1) < 1e-8)
    // Without the bound x = 1 and y = -2; with y = 0 the sum (x + 1)^2 + (x - 3)^2 is least at x = 1.
    let bound = NonNegativeLeastSquares.solve([[1, 1], [1, -1]], [-1, 3])
    #expect(abs(bound[0] - 1) < 1e-8 && bound[1] == 0)
  }

  @Test(
    "no small step from the solution has a smaller sum of squares, which is convex", arguments: UInt64(1)...20
  )
  func leastOfAll(seed: UInt64) {
    var random = RandomSource(seed: seed)
    let rows = (0..<8).map { _ in (0..<3).map { _ in random.normal() } }
    let target = (0..<8).map { _ in random.normal() }
    func squares(_ solution: [Double]) -> Double {
      zip(rows, target).reduce(0) { sum, row in
        let rest = zip(row.0, solution).reduce(-row.1) { $0 + $1.0 * $1.1 }
        return sum + rest * rest
      }
    }
    let solution = NonNegativeLeastSquares.solve(rows, target)
    #expect(solution.allSatisfy { $0 >= 0 })
    for column in 0..<3 {
      for step in [-1e-4, 1e-4] where solution[column] + step >= 0 {
        var other = solution
        other[column] += step
        #expect(squares(other) >= squares(solution) - 1e-12)
      }
    }
  }
}
