import Core
import FixtureBuilding
import Foundation
import Networks
import ONNX
import Testing

/// A network that grows its map by a ConvTranspose, from a search to a fine-tuned file.
@Suite(.serialized) final class TransposedConvolutionCommandTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  /// 4 % of the test pictures in all, so that seconds are enough.
  private let data: [String] = {
    let test = "/usr/share/datasets/fashion-mnist/t10k"
    return [
      "--data", "\(test)-images-idx3-ubyte.gz,\(test)-labels-idx1-ubyte.gz", "--validation-share", "0.02",
      "--test-share", "0.02", "--threads", "1",
    ]
  }()

  init() throws {
    temporary = try TemporaryFolder()
    let up = TransposedConvolution(
      convolution: Convolution(outputChannels: 6, kernel: 4, stride: 2, padding: 1), outputPadding: [0, 0])
    let operations: [(String, Networks.Operation)] = [
      ("stem", .convolution(Convolution(outputChannels: 4, kernel: 3, stride: 2, padding: 1))),
      ("act", .relu), ("up", .transposedConvolution(up)), ("act2", .relu), ("pool", .globalAveragePool),
      ("flatten", .flatten), ("classifier", .fullyConnected(outputs: 10)),
    ]
    let inputs = ["input"] + operations.map(\.0)
    var graph = Graph(
      name: "decoder", input: "input", inputShape: TensorShape(channels: 1, height: 28, width: 28),
      nodes: zip(operations, inputs).map {
        Node(name: $0.0, operation: $0.1, inputs: [$1], output: $0.0)
      }, output: "classifier")
    for layer in try graph.network().layers {
      graph.weights[layer.name] = LayerWeights(
        weight: (0..<layer.weightCount).map { Float($0 * 37 % 101 - 50) / 100 },
        bias: (0..<layer.outputChannels).map { Float($0 % 3) / 10 })
    }
    try ONNX.write(graph, to: "\(folder)/decoder.onnx")
  }

  private func json(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test("search and finetune run through, and the searched policy has widths for it")
  func searchAndFineTune() throws {
    let search = try ProgramRun(
      [
        "search", "decoder.onnx", "--target", "bismo-zynq7020", "--latency", "0.6x", "--evaluations", "12",
        "--search-samples", "100", "--sensitivity-samples", "8", "--final-finetune-samples", "64",
        "--finalists", "1", "-o", "run", "--format", "json",
      ] + data, in: folder)
    #expect(search.exitCode == 0, "\(search.errors)")
    let report = try json(search.output)
    let layers = try #require(report["layers"] as? [[String: Any]])
    #expect(layers.map { $0["name"] as? String } == ["stem", "up", "classifier"])
    #expect(layers[1]["kind"] as? String == "transposed-convolution")
    // The first and the last layer stay at 8 bit, so only this one can save.
    let bits = [layers[1]["weight_bits"], layers[1]["activation_bits"]].compactMap { $0 as? Int }
    #expect(bits.count == 2 && bits.reduce(0, +) < 16)
    let budget = try #require((report["budgets"] as? [[String: Any]])?.first)
    #expect(try #require(budget["searched"] as? Double) <= #require(budget["limit"] as? Double))

    let tune = try ProgramRun(
      [
        "finetune", "decoder.onnx", "--policy", "run/policy.json", "--epochs", "1", "-o", "tuned.onnx",
        "--format",
        "json",
      ] + data, in: folder)
    #expect(tune.exitCode == 0, "\(tune.errors)")
    let (before, after) = (try ONNX.read("\(folder)/decoder.onnx"), try ONNX.read("\(folder)/tuned.onnx"))
    #expect(after.nodes.map(\.name) == before.nodes.map(\.name))
    // The straight-through estimator has reached its weights.
    #expect(after.weights["up"] != before.weights["up"])

    let evaluated = try ProgramRun(
      ["evaluate", "tuned.onnx", "--policy", "run/policy.json", "--format", "json"] + data, in: folder)
    #expect(evaluated.exitCode == 0, "\(evaluated.errors)")
  }
}
