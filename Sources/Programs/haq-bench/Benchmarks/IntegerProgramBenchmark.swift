import Core
import Foundation
import Networks
import PrecisionSearch
import RandomNumbers
import Specs
import Targets

/// The exact solution for mobilenet-v2, under a tight and a loose limit on latency, and under two limits at once.
///
/// The sensitivities are made up: noise falls by four per bit, and layers differ by three orders of magnitude, as
/// measured ones do.
struct IntegerProgramBenchmark: Benchmark {
  let program: ProgramFolder

  func measure(runs: Int) throws -> [Measurement] {
    try ["bismo-vu9p", "bismo-zynq7020"].flatMap { id in
      let target = try program.target(id)
      let network = try Architecture.mobileNetV2.graph.network(batch: target.spec.batch)
      let space = try SearchSpace(try target.costTable(of: network))
      let problems: [(String, [BudgetRequest])] = [
        ("latency 0.4x", [BudgetRequest(.latency, .relative(0.4))]),
        ("latency 0.7x", [BudgetRequest(.latency, .relative(0.7))]),
        (
          "latency 0.6x and weight bytes 0.7x",
          [BudgetRequest(.latency, .relative(0.6)), BudgetRequest(.weightBytes, .relative(0.7))]
        ),
      ]
      return try problems.map { title, requests in
        let problem = SearchProblem(space, budgets: try BudgetSet(requests, in: space))
        var generator = RandomSource(seed: 1)
        let program = PrecisionProgram(
          problem, sensitivity: Self.sensitivity(space, using: &generator))
        let solution = try program.solve()
        let times = try (0..<runs).map { _ in try seconds { keep(try program.solve()) } }
        return Measurement(
          "integer program of mobilenet-v2, \(id), \(title), gap \(String(format: "%.1g", solution.gap))",
          seconds: times,
          floorMilliseconds: 1000)
      }
    }
  }

  private static func sensitivity(_ space: SearchSpace, using generator: inout RandomSource) -> Sensitivity {
    let widths = BitWidth.all(from: BitWidth(2)!, through: .eight)
    return Sensitivity(
      measure: .divergence,
      layers: (0..<space.layerCount).map { layer in
        guard space.pinned[layer] == nil else { return nil }
        let factors = (0..<2).map { _ in exp(7 * generator.uniform()) }
        func increases(_ factor: Double) -> [Sensitivity.Increase] {
          widths.map { .init(width: $0, increase: factor / Double(1 << (2 * $0.bits))) }
        }
        return .init(weight: increases(factors[0]), activation: increases(factors[1]))
      })
  }
}
