import Calibration
import Core
import CostTables
import FixtureBuilding
import Foundation
import Targets
import Testing
import Validation

@Suite("fitting a target's parameters to a measured table")
struct CalibrationProblemTests {
  private let folder: TemporaryFolder
  private static let layers = (1...4).map {
    Layer(name: "fc\($0)", kind: .fullyConnected, inputChannels: 4 * $0, outputChannels: 2)
  }
  private static let network = Network(name: "four", layers: layers)
  private static let rate = "rate"

  init() throws { folder = try TemporaryFolder() }

  /// Latency in milliseconds: multiply-accumulates x weight bits x activation bits / rate.
  ///
  /// - Parameter width: what stands for the activation bits, such as the width of the output.
  private func target(width: String = "activation_bits") throws -> Target {
    let library = try FixtureLibrary("../functions/functions.c")
    // Atomic, because a loaded library must not be rewritten in place.
    try Data(contentsOf: URL(filePath: library.path))
      .write(to: URL(filePath: folder.path("libf.so")), options: .atomic)
    let text = """
      {
        "schema": "haq.target/1.0", "id": "tt", "name": "A target", "version": "1", "summary": "s",
        "sources": "assumption", "batch": 1,
        "capabilities": {
          "layers": ["fully-connected"], "weight_bits": [2, 4], "activation_bits": [4, 8],
          "pairs": "all", "other_widths": "reject", "metrics": { "latency": { "aggregate": "sum" } }
        },
        "model": { "kind": "function", "library": "libf.so", "functions": { "latency": {
          "symbol": "tiny_ms", "returns": "f64", "scale": 1e-3, "arguments": [
            { "type": "u64", "value": "layer.macs" }, { "type": "u32", "value": "point.weight_bits" },
            { "type": "u32", "value": "point.\(width)" },
            { "type": "f64", "value": "parameters.\(Self.rate)" } ] } } },
        "parameters": { "\(Self.rate)": 1000 },
        "checks": [ { "name": "10 x 10 products of 2 x 4 bits, 1000 a millisecond",
          "layer": { "kind": "fully-connected", "in_channels": 10, "out_channels": 10 }, "batch": 1,
          "weight_bits": 2, "activation_bits": 4, "expect": { "latency_s": 8e-4 }, "tolerance": 1e-9,
          "source": "by hand" } ]
      }
      """
    // Beside the program lies its sandbox.
    return try Target(
      file: try folder.write(text, to: "tt.json"), origin: .commandLine,
      program: try Places.builtLibrary("haq-sandbox"))
  }

  /// What the target would cost with another rate, by hand.
  private func measured(rate: Double, _ metric: Metric = .latency) throws -> LookupTable {
    var cells: [Point: [Metric: Double]] = [:]
    for (index, layer) in Self.layers.enumerated() {
      for bits in [2, 4] {
        let precision = Precision(weight: try #require(BitWidth(bits)), activation: .eight)
        let work = Double(layer.inputChannels * 2 * bits * 8)
        cells[Point(layer: index, precision: precision)] = [metric: work / rate * 1e-3]
      }
    }
    return LookupTable(network: Self.network, cells: cells)
  }

  private func problem(_ measured: LookupTable...) throws -> CalibrationProblem {
    let range = try #require(ParameterRange(low: 100, high: 10_000, step: .real))
    return CalibrationProblem(
      target: try target(),
      tables: measured.map {
        .init(
          $0, split: LayerSplit([0, 1, 2, 3], in: Self.network, heldOutShare: 0.25, seed: 1), file: "t.csv",
          sha256: "")
      }, metric: .latency, parameters: [FreeParameter(key: Self.rate, range: range)])
  }

  @Test(
    "the fit starts at the spec's value, finds the one that was measured with, and holds for layers kept out")
  func fit() throws {
    let problem = try problem(try measured(rate: 2000))
    #expect(problem.start == [1000])
    #expect(problem.tables[0].split.heldOut.count == 1)
    let result = try problem.fit(evaluations: 300)
    #expect(abs(result.values[0] - 2000) < 2)
    // Half the rate is twice the latency: the error was 100 %.
    let before = try #require(try problem.statistics(of: .heldOut, with: problem.start))
    let after = try #require(try problem.statistics(of: .heldOut, with: result.values))
    #expect(abs(before.meanAbsoluteError - 1) < 1e-9 && after.meanAbsoluteError < 1e-3)
  }

  @Test("a table that states widths of outputs is fitted at those, and compared at those")
  func outputs() throws {
    // Each layer is read by the next, and nobody reads the last, whose output is stored at 32 bits.
    let network = Network(name: "four", layers: Self.layers, outputReaders: [[1], [2], [3], []])
    var cells: [Point: [Metric: Double]] = [:]
    for (index, layer) in Self.layers.enumerated() {
      for output in index == 3 ? [32] : [4, 8] {
        let output = try #require(BitWidth(output))
        let work = Double(layer.inputChannels * 2 * 2 * output.bits)
        let precision = Precision(weight: try #require(BitWidth(2)), activation: .eight)
        cells[Point(layer: index, precision: precision, output: output)] = [.latency: work / 2000 * 1e-3]
      }
    }
    let range = try #require(ParameterRange(low: 100, high: 10_000, step: .real))
    let problem = CalibrationProblem(
      target: try target(width: "output_bits"),
      tables: [
        .init(
          LookupTable(network: network, cells: cells),
          split: LayerSplit([0, 1, 2, 3], in: network, heldOutShare: 0.25, seed: 1), file: "t.csv", sha256: ""
        )
      ], metric: .latency, parameters: [FreeParameter(key: Self.rate, range: range)])
    let result = try problem.fit(evaluations: 300)
    // At the widths of the inputs, 8 bits, the points would ask for rates of 500, 2000 and 4000.
    #expect(abs(result.values[0] - 2000) < 2 && result.misfit < 1e-3)
    let points = try problem.comparisons(with: [2000])[0].points
    #expect(points.count == 7 && points.allSatisfy { abs($0.relativeError) < 1e-9 })
  }

  @Test("several tables are fitted together, and a fit is better only if the layers kept out say so")
  func severalTables() throws {
    let both = try problem(try measured(rate: 2000), try measured(rate: 2000))
    let outcome = try CalibrationOutcome(both, try both.fit(evaluations: 300))
    #expect(abs(outcome.parameters[0].after - 2000) < 2)
    // Three of four layers of each table at two pairs of widths.
    #expect(outcome.fitted.after.count == 12 && outcome.heldOut?.layers.count == 2)
    #expect(outcome.isBetter)
    // What was measured is what the spec says already.
    let same = try problem(try measured(rate: 1000))
    let unchanged = try CalibrationOutcome(same, try same.fit(evaluations: 300))
    #expect(unchanged.parameters[0].after == 1000 && !unchanged.isBetter)
    // The layer that is kept out was measured at another rate, so that a fit of the others makes it worse.
    var mixed = try measured(rate: 2000)
    let kept = try problem(mixed).tables[0].split.heldOut[0]
    for (point, cost) in try measured(rate: 1000).cells where point.layer == kept {
      mixed.cells[point] = cost
    }
    let worse = try problem(mixed)
    #expect(try !CalibrationOutcome(worse, try worse.fit(evaluations: 300)).isBetter)
  }

  @Test("a table without the metric, and a measured zero, cannot be fitted")
  func refusals() throws {
    func message(_ measured: LookupTable) -> String {
      do {
        _ = try problem(measured).fit(evaluations: 10)
        return "nothing was thrown"
      } catch { return "\(error)" }
    }
    #expect(message(try measured(rate: 2000, .energy)).contains("the table has no latency of a layer to fit"))
    var zero = try measured(rate: 2000)
    for point in zero.sortedPoints { zero.cells[point] = [.latency: 0] }
    #expect(message(zero).contains("a measured latency is 0"))
  }
}
