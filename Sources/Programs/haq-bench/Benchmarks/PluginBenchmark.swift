import Core
import Foundation
import Networks
import PluginLoading
import Specs
import Targets

/// All points of MobileNet-V2 through the ABI, from a fresh instance, with every cell checked and the breakdown
/// asked for.
struct PluginBenchmark: Benchmark {
  let program: ProgramFolder

  func measure(runs: Int) throws -> [Measurement] {
    try Self.subjects.flatMap { id, floorMilliseconds in
      let target = try program.target(id)
      let network = try Architecture.mobileNetV2.graph.network(batch: target.spec.batch)
      let model = try Self.model(of: target)
      let points = Self.points(of: network, on: target)
      keep(try model.outcomes(of: points, in: network))
      let times = try (0..<runs).map { _ in
        try seconds { keep(try model.outcomes(of: points, in: network)) }
      }
      return [
        Measurement(
          "mobilenet-v2 through the ABI, \(id)", seconds: times, floorMilliseconds: floorMilliseconds),
        Measurement(
          "points through the ABI, \(id)", rates: times.map { Double(points.count) / $0 }, of: "points"),
      ]
    }
  }

  /// Targets, and the longest that all points of MobileNet-V2 may take.
  private static let subjects = [
    ("bismo-vu9p", 10.0), ("bismo-zynq7020", 10.0), ("bitfusion-eyeriss", 2_000.0),
    ("bitfusion-16x16", 2_000.0),
  ]

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
