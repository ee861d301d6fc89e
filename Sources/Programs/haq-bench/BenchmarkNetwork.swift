import Core
import Diagnostics
import Foundation
import Networks
import ONNX
import RandomNumbers

/// A network that the evaluator can run: the bundled one, or its shapes with random weights.
///
/// Speed does not depend on the weights, so a build without trained ones can be measured too.
struct BenchmarkNetwork {
  /// The policy that the evaluator receives.
  let argument: String
  /// For people; says so when the weights are random.
  let title: String
  private let temporaryFolder: URL?

  init(_ model: BundledModel) throws {
    do {
      _ = try model.graph()
      argument = model.rawValue
      title = model.rawValue
      temporaryFolder = nil
    } catch is Diagnostic {
      let folder = FileManager.default.temporaryDirectory.appending(path: "haq-bench-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let file = folder.appending(path: "\(model.rawValue).onnx").path
      try ONNX.write(Self.withRandomWeights(model.architecture.graph), to: file)
      argument = file
      title = "\(model.rawValue) with random weights"
      temporaryFolder = folder
    }
  }

  /// Deletes what was written for the benchmark.
  func remove() {
    if let temporaryFolder { try? FileManager.default.removeItem(at: temporaryFolder) }
  }

  /// Uniform within sqrt(6 / fan-in), which keeps the spread of activations (He et al., ICCV 2015).
  static func withRandomWeights(_ graph: Graph) throws -> Graph {
    var graph = graph
    var source = RandomSource(seed: 1)
    for layer in try graph.network().layers {
      let limit = (6 * Double(layer.outputChannels) / Double(layer.weightCount)).squareRoot()
      graph.weights[layer.name] = LayerWeights(
        weight: (0..<layer.weightCount).map { _ in Float((2 * source.uniform() - 1) * limit) },
        bias: Array(repeating: 0, count: layer.outputChannels))
    }
    return graph
  }
}
