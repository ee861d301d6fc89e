import Core
import CostTables
import Networks
import Predictors
import RandomNumbers
import Specs
import Targets

/// Fitting 2,000 points of made-up latencies, and the table of MobileNetV2 from a predictor that comes with haq.
struct PredictorBenchmark: Benchmark {
  let program: ProgramFolder

  func measure(runs: Int) throws -> [Measurement] {
    let measurements = try Measurements([(Self.table(layerCount: 1000), .init(file: "made up", sha256: ""))])
    let fits = try (0..<min(runs, 3)).map { _ in try seconds { keep(try PredictorFit(measurements)) } }
    let target = try program.target("x86-onnxruntime")
    let network = try Architecture.mobileNetV2.graph.network(batch: target.spec.batch)
    keep(try target.costTable(of: network))
    let tables = try (0..<runs).map { _ in try seconds { keep(try target.costTable(of: network)) } }
    return [
      Measurement("fit of 2,000 points, with cross-validation", seconds: fits, floorMilliseconds: 20_000),
      Measurement("cost table of mobilenet-v2, x86-onnxruntime", seconds: tables, floorMilliseconds: 50),
    ]
  }

  /// Two precisions of pointwise layers.
  private static func table(layerCount: Int) -> LookupTable {
    var random = RandomSource(seed: 1)
    func channels() -> Int { 8 + Int(random.uniform() * 1000) }
    let layers = (0..<layerCount).map { index in
      let side = Extent(square: 7 + Int(random.uniform() * 50))
      return Layer(
        name: "\(index)", kind: .convolution, inputChannels: channels(), outputChannels: channels(),
        input: side,
        output: side)
    }
    var cells: [Point: [Metric: Double]] = [:]
    for (index, layer) in layers.enumerated() {
      for precision in [Precision.eight, Precision(weight: .float, activation: .float)] {
        let latency = 1e-5 + Double(layer.multiplyAccumulates) * 1e-11 * Double(precision.weight.bits)
        cells[Point(layer: index, precision: precision)] = [.latency: latency * (1 + random.uniform() / 5)]
      }
    }
    return LookupTable(network: Network(name: "made up", layers: layers), cells: cells)
  }
}
