import Core
import Datasets
import FixtureBuilding
import Foundation
import Networks
import ONNX
import Tensors
import Testing
import Training

/// What onnxruntime makes of exported networks whose layers have different formats, at full optimization.
@Suite("Exports of mixed formats in onnxruntime", .serialized)
final class MixedOperatorsTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }
  private let samples = 200

  init() throws {
    temporary = try TemporaryFolder()
  }

  private struct Failed: Error, CustomStringConvertible {
    var description: String
  }

  private func run(_ program: String, _ arguments: [String]) throws -> String {
    let run = try CompilerRun(program, arguments)
    guard run.exitCode == 0 else { throw Failed(description: run.output) }
    return run.output
  }

  private func python(_ script: String, _ arguments: String...) throws -> String {
    _ = try Comparison.networks.get()
    return try run(Comparison.python, ["\(Places.package)/\(script)"] + arguments)
  }

  /// Four convolutions a, b, c, d and a classifier, with `activation` behind each convolution.
  private func writeChain(_ activation: Networks.Operation) throws {
    var builder = GraphBuilder(
      name: "chain", inputShape: TensorShape(channels: 1, height: 28, width: 28))
    for (name, stride) in [("a", 2), ("b", 1), ("c", 2), ("d", 1)] {
      builder.convolution(name, outputs: 8, kernel: 3, stride: stride)
      builder.relu()
    }
    builder.classifier(classes: 10)
    var graph = builder.build()
    for index in graph.nodes.indices where graph.nodes[index].operation == .relu {
      graph.nodes[index].operation = activation
    }
    // -1 to 1, from Knuth's linear congruential generator.
    var state: UInt64 = 1
    func number() -> Float {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(Int32(truncatingIfNeeded: state >> 32)) / 0x1p31
    }
    for layer in try graph.network().layers {
      let spread = (6 / Float(layer.weightCount / layer.outputChannels)).squareRoot()
      graph.weights[layer.name] = LayerWeights(
        weight: (0..<layer.weightCount).map { _ in number() * spread },
        bias: (0..<layer.outputChannels).map { _ in number() / 4 })
    }
    try ONNX.encode(graph).write(to: URL(filePath: "\(folder)/chain.onnx"))
  }

  /// Writes `file.onnx`.
  private func export(_ changes: [String], bits: String, as form: String = "qdq") throws {
    let program = try Places.builtLibrary("haq")
    let (uniform, mixed) = ("\(folder)/uniform.json", "\(folder)/mixed.json")
    _ = try run(program, ["policy", "uniform", "\(folder)/chain.onnx", "--bits", bits, "-o", uniform])
    _ = try run(
      program,
      ["policy", "apply", uniform, "-o", mixed]
        + (changes.isEmpty ? ["a=\(bits)"] : changes).flatMap { ["--set", $0] })
    _ = try run(
      program,
      ["export", "\(folder)/chain.onnx", "--policy", mixed, "--as", form, "-o", "\(folder)/file.onnx"])
  }

  private func operators() throws -> [String: Int] {
    let output = try python("docs/examples/export/deploy.py", "nodes", "\(folder)/file.onnx")
    var operators = try JSONDecoder().decode([String: Int].self, from: Data(output.utf8))
    // How onnxruntime orders channels, and whether a clamp is part of a float convolution, is its own affair.
    for name in ["ReorderInput", "ReorderOutput", "Transpose", "Relu"] { operators[name] = nil }
    operators["Conv", default: 0] += operators.removeValue(forKey: "FusedConv") ?? 0
    return operators.filter { $0.value > 0 }
  }

  private func scores(_ options: String...) throws -> [Float] {
    _ = try run(
      Comparison.python,
      ["\(Places.package)/docs/examples/export/onnxruntime_accuracy.py", "\(folder)/file.onnx", "--samples"]
        + ["\(samples)", "--scores", "\(folder)/scores"] + options)
    return try Data(contentsOf: URL(filePath: "\(folder)/scores")).withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
  }

  private func ourScores() throws -> [Float] {
    let network = try FloatNetwork(ONNX.read("\(folder)/file.onnx"))
    let batch = try FashionMNIST.load().test.batch(at: 0..<samples)
    return try withoutGradients {
      try network.scores(of: Tensor(batch.pixels, shape: batch.shape)).values()
    }
  }

  /// The root mean square of differences as a part of that of the expected scores around their mean.
  private func relativeError(_ found: [Float], from expected: [Float]) throws -> Float {
    try #require(found.count == expected.count && !found.isEmpty)
    let mean = expected.reduce(0, +) / Float(expected.count)
    let variance = expected.reduce(Float(0)) { $0 + ($1 - mean) * ($1 - mean) }
    return (zip(found, expected).reduce(Float(0)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / variance)
      .squareRoot()
  }

  /// A network, its layers of floats, and how often onnxruntime has each of the operators that are named.
  struct Mixture: CustomTestStringConvertible, Sendable {
    var network: String
    var floats: [String]
    var operators: [String: Int]
    var testDescription: String { "\(network), floats: \(floats.joined(separator: " "))" }
  }

  /// In the networks of `SmallNetworks`, n0, n3, n5, n8, n10 and n11 of the residual one are convolutions, sums add n5 to
  /// n2 (n0's) and n10 to n11, and n8 and n11 read the first sum. In the branched one, n4 and a part of n0 are
  /// concatenated, n8 reads the mean of it, and n11 reads what becomes of n8.
  static let mixtures = [
    Mixture(network: "chain", floats: ["b", "d"], operators: ["QLinearConv": 2, "Conv": 2, "QGemm": 1]),
    Mixture(network: "chain", floats: ["a", "c"], operators: ["QLinearConv": 2, "Conv": 2, "QGemm": 1]),
    Mixture(network: "chain", floats: ["a", "d"], operators: ["QLinearConv": 2, "Conv": 2, "QGemm": 1]),
    Mixture(network: "chain", floats: ["b", "c"], operators: ["QLinearConv": 2, "Conv": 2, "QGemm": 1]),
    Mixture(network: "chain", floats: ["c"], operators: ["QLinearConv": 3, "Conv": 1, "QGemm": 1]),
    Mixture(network: "chain", floats: ["classifier"], operators: ["QLinearConv": 4, "Gemm": 1]),
    Mixture(
      network: "residual", floats: ["n5"],
      operators: ["QLinearConv": 5, "Conv": 1, "QLinearAdd": 1, "QGemm": 1]),
    Mixture(
      network: "residual", floats: ["n8"],
      operators: ["QLinearConv": 5, "Conv": 1, "QLinearAdd": 1, "QGemm": 1]),
    Mixture(
      network: "residual", floats: ["n0", "n11"], operators: ["QLinearConv": 4, "Conv": 2, "QGemm": 1]),
    Mixture(
      network: "residual", floats: ["n3", "n10"],
      operators: ["QLinearConv": 4, "Conv": 2, "QLinearAdd": 1, "QGemm": 1]),
    Mixture(
      network: "branched", floats: ["n4"], operators: ["QLinearConv": 3, "Conv": 1, "Concat": 1, "QGemm": 1]),
    Mixture(
      network: "branched", floats: ["n8"], operators: ["QLinearConv": 3, "Conv": 1, "Concat": 1, "QGemm": 1]),
  ]

  @Test(
    "layers of integers beside layers of floats: all of the ones are integer operators, all of the others stay floats",
    arguments: mixtures)
  func alternating(_ mixture: Mixture) throws {
    try writeChain(.relu)
    if let small = SmallNetworks.all.first(where: { $0.testDescription == mixture.network }) {
      try ONNX.encode(small.graph).write(to: URL(filePath: "\(folder)/chain.onnx"))
    }
    try export(mixture.floats.map { "\($0)=W32A32" }, bits: "W7A8")
    let found = try operators()
    let counted = ["QLinearConv", "Conv", "QLinearAdd", "QLinearConcat", "Concat", "QGemm", "Gemm"]
    #expect(found.filter { counted.contains($0.key) } == mixture.operators)
    let optimized = try scores()
    // onnxruntime would round the weights of a layer of floats that it takes for one of integers.
    #expect(try relativeError(optimized, from: scores("--unoptimized")) < 0.02)
    #expect(try relativeError(optimized, from: ourScores()) < 0.02)
  }

  @Test("convolutions around an activation that has no integer operator are fused")
  func hardSwish() throws {
    try writeChain(.activation(.hardSwish))
    try export([], bits: "W7A8")
    let operators = try operators()
    // onnxruntime computes HardSwish as HardSigmoid times its operand.
    #expect(operators["QLinearConv"] == 4 && operators["HardSigmoid"] == 4 && operators["Conv"] == nil)
    // The input, and what each activation gives; the pooling behind the last one reads bytes.
    #expect(operators["QuantizeLinear"] == 5 && operators["DequantizeLinear"] == 4)
    #expect(try relativeError(scores(), from: ourScores()) < 0.02)
  }

  @Test(
    "clamps in front of 8-bit floats are kept at full optimization: networks load, and compute the same",
    arguments: [Networks.Operation.relu, .clip(lowest: 0, highest: 0.75)], ["qdq", "qcdq"])
  func floats8(_ activation: Networks.Operation, _ form: String) throws {
    try writeChain(activation)
    try export(["b=bf16/bf16"], bits: "fp8-e4m3/fp8-e4m3", as: form)
    let optimized = try scores()
    #expect(try relativeError(optimized, from: scores("--unoptimized")) < 1e-4)
    // Sums in another order round otherwise here and there.
    #expect(try relativeError(optimized, from: ourScores()) < 0.05)
  }

  @Test("TensorRT's form is read by onnxruntime, too, which computes what haq does of the file")
  func tensorrt() throws {
    try writeChain(.relu)
    try export(["b=W32A32", "d=bf16/bf16"], bits: "W8A8", as: "tensorrt")
    #expect(try relativeError(scores("--unoptimized"), from: ourScores()) < 0.02)
  }
}
