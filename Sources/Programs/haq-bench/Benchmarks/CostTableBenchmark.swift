import Core
import Networks
import Specs
import Targets

/// The table that a search begins with, made from a spec that is already read: the library found and
/// hashed, the spec's checks verified, 53 layers x 64 precisions costed.
struct CostTableBenchmark: Benchmark {
  let program: ProgramFolder

  func measure(runs: Int) throws -> [Measurement] {
    try ["bismo-vu9p", "bismo-zynq7020"].map { id in
      let target = try program.target(id)
      let network = try Architecture.mobileNetV2.graph.network(batch: target.spec.batch)
      keep(try target.costTable(of: network))
      let times = try (0..<runs).map { _ in try seconds { keep(try target.costTable(of: network)) } }
      return Measurement("cost table of mobilenet-v2, \(id)", seconds: times, floorMilliseconds: 30)
    }
  }
}
