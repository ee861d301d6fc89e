import Foundation
import HardwareModel
import Isolation
import PluginLoading

/// What asking a plugin costs beyond its own work, in this process and in a sandbox: 54 layers at 64 precisions,
/// 3,456 points of the minimal plugin, whose work is a few multiplications.
struct SandboxBenchmark: Benchmark {
  let program: ProgramFolder

  func measure(runs: Int) throws -> [Measurement] {
    let path = program.sibling("libminimal.so").path
    let library = try SealedLibrary(path: path, bytes: try TrustedFile.bytes(of: path, limit: 1 << 28))
    let sandbox = program.sibling("haq-sandbox").path
    func start() throws -> SandboxedLibrary {
      try SandboxedLibrary(library, as: .plugin(PluginRequest(path: path)), sandbox: sandbox)
    }
    let starts = try (0..<runs).map { _ in try seconds { keep(try start()) } }
    let isolated = try batches(of: try start(), runs: runs)
    let loaded = try batches(of: try LoadedPlugin(path: path), runs: runs)
    return [
      Measurement("start of a sandbox with its library", seconds: starts, floor_ms: 30),
      Measurement("\(Self.points.count) points of libminimal.so, sandboxed", seconds: isolated, floor_ms: 2),
      Measurement(
        "\(Self.points.count) points of libminimal.so, in-process (30 ns each)", seconds: loaded,
        floor_ms: Double(Self.points.count) * 30e-6),
    ]
  }

  private func batches(of library: some ModelLibrary, runs: Int) throws -> [Double] {
    let model = try PluginCostModel(
      library: library, targetID: "minimal", baseDirectory: "/", parameters: [], metrics: [.latency])
    keep(try model.outcomes(of: Self.points, in: Self.network))
    return try (0..<runs).map { _ in
      try seconds { keep(try model.outcomes(of: Self.points, in: Self.network)) }
    }
  }

  private static let network = Network(
    name: "54 layers", batch: 16,
    layers: (0..<54).map {
      Layer(name: "layer \($0)", kind: .fullyConnected, inputChannels: 64, outputChannels: 64)
    })

  private static let points = (0..<54).flatMap { layer in
    (1...8).flatMap { weight in
      (1...8).map { activation in
        Point(
          layer: layer,
          precision: Precision(weight: BitWidth(weight)!, activation: BitWidth(activation)!))
      }
    }
  }
}
