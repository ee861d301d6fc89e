import Core
import ForeignFunctions
import Foundation
import Isolation
import PluginLoading

/// What asking a model costs beyond its own work, in this process and in a sandbox: 54 layers at 64 precisions,
/// 3,456 points of the minimal plugin, whose work is a few multiplications, and of `fma` of the C library.
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
    let (isolated, loaded) = try pairs(
      try model(of: try start()), try model(of: try LoadedPlugin(path: path)), runs: runs)
    let function = try batches(of: try model(of: try Self.bareFunction()), runs: runs)
    let count = Double(Self.points.count)
    return [
      Measurement("start of a sandbox with its library", seconds: starts, floorMilliseconds: 13.3),
      Measurement("\(Self.points.count) points of libminimal.so, sandboxed", seconds: isolated),
      Measurement(
        "the same beyond the plugin's own time", seconds: zip(isolated, loaded).map { $0 - $1 },
        floorMilliseconds: 2),
      Measurement(
        "\(Self.points.count) points of libminimal.so, in-process (30 ns each)", seconds: loaded,
        floorMilliseconds: count * 30e-6),
      Measurement(
        "\(Self.points.count) points of a bare function through libffi (200 ns each)", seconds: function,
        floorMilliseconds: count * 200e-6),
    ]
  }

  private func model(of library: some ModelLibrary) throws -> PluginCostModel {
    let model = try PluginCostModel(
      library: library, targetID: "minimal", baseDirectory: "/", parameters: [], metrics: [.latency])
    keep(try model.outcomes(of: Self.points, in: Self.network))
    return model
  }

  private func batches(of model: PluginCostModel, runs: Int) throws -> [Double] {
    try (0..<runs).map { _ in try batch(of: model) }
  }

  private func batch(of model: PluginCostModel) throws -> Double {
    try seconds { keep(try model.outcomes(of: Self.points, in: Self.network)) }
  }

  /// Run by run in turn, so that what else the machine does falls on both.
  private func pairs(
    _ first: PluginCostModel, _ second: PluginCostModel, runs: Int
  ) throws -> ([Double], [Double]) {
    let times = try (0..<runs).map { _ in (try batch(of: first), try batch(of: second)) }
    return (times.map(\.0), times.map(\.1))
  }

  /// `fma(macs, weight bits, activation bits)`, which costs next to nothing and is on every machine.
  private static func bareFunction() throws -> FunctionLibrary {
    let signature = FunctionSignature(
      symbol: "fma", result: .returned(.f64),
      arguments: [.layer(.f64, .macs), .point(.f64, .weightBits), .point(.f64, .activationBits)], scale: 1)
    return try FunctionLibrary(
      try ForeignLibrary(opening: "libm.so.6", called: "libm.so.6"), signatures: [.latency: signature])
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
