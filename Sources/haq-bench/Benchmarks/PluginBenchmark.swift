import Foundation
import HardwareModel
import Networks
import PluginLoading
import SpecLanguage
import Targets

/// Points per second through the ABI, with every cell checked and the breakdown asked for.
struct PluginBenchmark: Benchmark {
  let program: ProgramFolder

  func measure(runs: Int) throws -> [Measurement] {
    try ["bismo-vu9p", "bismo-zynq7020"].map { id in
      let target = try program.target(id)
      let network = try Architecture.mobileNetV2.graph.network(batch: target.spec.batch)
      let model = try Self.model(of: target)
      let points = Self.points(of: network, on: target)
      keep(try model.outcomes(of: points, in: network))
      let rates = try (0..<runs).map { _ in
        Double(points.count) / (try seconds { keep(try model.outcomes(of: points, in: network)) })
      }
      return Measurement("points through the ABI, \(id)", rates: rates, of: "points")
    }
  }

  private static func model(of target: Target) throws -> PluginCostModel {
    try PluginCostModel(
      plugin: try LoadedPlugin(path: target.library().path), targetID: target.spec.id,
      baseDirectory: URL(filePath: target.file).deletingLastPathComponent().path,
      parameters: target.spec.parameters, metrics: Set(target.spec.capabilities.aggregates.keys))
  }

  private static func points(of network: Network, on target: Target) -> [Point] {
    network.layers.indices.flatMap { layer in
      target.spec.capabilities.weightWidths.flatMap { weight in
        target.spec.capabilities.activationWidths.map {
          Point(layer: layer, precision: Precision(weight: weight, activation: $0))
        }
      }
    }
  }
}
