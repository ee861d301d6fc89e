import Core
import Foundation
import Testing

@Suite("costs that say how sure they are")
struct ConfidenceTests {
  /// 10 ms a layer at W4A4 and 20 ms at W8A8, known to 20 % and 10 % (standard deviations of logarithms).
  private struct UnsureModel: CostModel {
    var errorCorrelation = 0.3
    var networkDeviation = 0.0

    func outcomes(of points: [Point], in network: Network) -> [PointOutcome] {
      points.map { point in
        let isWide = point.precision.weight == .eight
        return .cost(
          Cost(values: [.latency: isWide ? 0.02 : 0.01], latencyDeviation: isWide ? 0.1 : 0.2))
      }
    }
  }

  private static let layerCount = 30
  private static let widths = [4, 8].compactMap(BitWidth.init)

  private func table(_ model: UnsureModel = UnsureModel()) throws -> CostTable {
    let layers = (0..<Self.layerCount).map {
      Layer(name: "l\($0)", kind: .fullyConnected, inputChannels: 4, outputChannels: 4)
    }
    return try CostTable(
      of: Network(name: "n", layers: layers), from: model, weightWidths: Self.widths,
      activationWidths: Self.widths, aggregates: [.latency: .sum], provenance: .withoutHardware("unsure"))
  }

  /// Layers by turns at W8A8 and W4A4.
  private func mixed() throws -> Policy {
    let four = try #require(Precision("W4A4"))
    return Policy((0..<Self.layerCount).map { $0 % 2 == 0 ? .eight : four })
  }

  @Test(
    "quantiles of the normal distribution are those of its tables",
    arguments: [
      (0.5, 0.0), (0.9, 1.2815515655446004), (0.95, 1.6448536269514722), (0.975, 1.959963984540054),
    ])
  func quantiles(probability: Double, expected: Double) {
    #expect(abs(StandardNormal.quantile(probability) - expected) < 1e-9)
    #expect(abs(StandardNormal.quantile(1 - probability) + expected) < 1e-9)
  }

  @Test("an interval of a layer is its latency times and by e^(z s)")
  func layerInterval() throws {
    let interval = try #require(
      table().latencyInterval(layer: 0, at: .eight, probability: 0.9))
    #expect(abs(interval.upperBound - 0.02 * exp(0.16448536269514722)) < 1e-9)
    #expect(abs(interval.lowerBound - 0.02 / exp(0.16448536269514722)) < 1e-9)
  }

  /// Sums of latencies whose logarithms share a part: each is cor of the common draw, and the rest its own.
  private func draws(
    _ table: CostTable, _ policy: Policy, correlation: Double, ofNetwork: Double = 0, count: Int
  ) -> [Double] {
    var random = NormalDraws(seed: 5)
    return (0..<count).map { _ in
      let common = random.normal()
      let whole = exp(ofNetwork * random.normal())
      return whole
        * policy.precisions.indices.reduce(0.0) { sum, layer in
          let latency = table.cost(.latency, layer: layer, at: policy[layer]) ?? 0
          let deviation = table.latencyDeviation(layer: layer, at: policy[layer]) ?? 0
          let error = correlation.squareRoot() * common + (1 - correlation).squareRoot() * random.normal()
          return sum + latency * exp(deviation * error)
        }
    }
  }

  @Test("90 % intervals of a sum hold 88 to 92 % of simulated sums", arguments: [0, 0.1, 0.3, 1])
  func sumInterval(correlation: Double) throws {
    let table = try table(UnsureModel(errorCorrelation: correlation))
    let policy = try mixed()
    let interval = try #require(table.latencyInterval(of: policy, probability: 0.9))
    let sums = draws(table, policy, correlation: correlation, count: 20_000)
    let held = sums.count { interval.contains($0) }
    #expect((17_600...18_400).contains(held), "\(held)")
  }

  @Test("what is unsure of the network as a whole widens the interval, and is held by raised latencies")
  func ofNetwork() throws {
    let table = try table(UnsureModel(errorCorrelation: 0.1, networkDeviation: 0.15))
    let policy = try mixed()
    let sums = draws(table, policy, correlation: 0.1, ofNetwork: 0.15, count: 20_000)
    let interval = try #require(table.latencyInterval(of: policy, probability: 0.9))
    let held = sums.count { interval.contains($0) }
    #expect((17_600...18_400).contains(held), "\(held)")
    let raised = try #require(table.holding(withProbability: 0.9))
    let limit = try #require(try raised.total(.latency, of: policy))
    #expect(sums.count { $0 <= limit } >= 17_850)
  }

  @Test(
    "a sum of raised latencies is above at least the stated share of simulated sums, and not far above it",
    arguments: [0.8, 0.9, 0.95], [0, 0.1, 0.3])
  func raised(probability: Double, correlation: Double) throws {
    let table = try table(UnsureModel(errorCorrelation: correlation))
    let raised = try #require(table.holding(withProbability: probability))
    #expect(raised.confidence == probability && table.confidence == nil)
    for policy in [try mixed(), .uniform(.eight, layerCount: Self.layerCount)] {
      let limit = try #require(try raised.total(.latency, of: policy))
      let sums = draws(table, policy, correlation: correlation, count: 20_000)
      // Three standard errors of the simulation.
      let noise = 3 * (20_000 * probability * (1 - probability)).squareRoot()
      #expect(Double(sums.count { $0 <= limit }) >= 20_000 * probability - noise)
      let mean = sums.reduce(0, +) / Double(sums.count)
      #expect(limit / mean < 1 + 0.4 * probability)
    }
  }

  @Test("without deviations nothing can be raised, and what is raised cannot be again")
  func notRaised() throws {
    struct SureModel: CostModel {
      func outcomes(of points: [Point], in network: Network) -> [PointOutcome] {
        points.map { _ in .cost(Cost(values: [.latency: 1])) }
      }
    }
    let sure = try CostTable(
      of: try table().network, from: SureModel(), weightWidths: Self.widths, activationWidths: Self.widths,
      aggregates: [.latency: .sum], provenance: .withoutHardware("sure"))
    #expect(sure.holding(withProbability: 0.9) == nil)
    #expect(try #require(table().holding(withProbability: 0.9)).holding(withProbability: 0.9) == nil)
  }
}

/// Seeded normal draws for the simulation: a linear congruential generator (Knuth, MMIX) and Box and Muller's method.
private struct NormalDraws {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func uniform() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (Double(state >> 11) + 0.5) * 0x1p-53
  }

  mutating func normal() -> Double {
    let radius = (-2 * log(uniform())).squareRoot()
    return radius * cos(2 * .pi * uniform())
  }
}
