import Core
import Datasets
import FixtureBuilding
import Foundation
import Networks
import ONNX
import Tensors
import Testing
import Training

/// What onnxruntime fuses of small networks, as `haq export --as qdq` writes them.
@Suite("Exports that onnxruntime runs in integers", .serialized)
final class FusedOperatorsTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  init() throws {
    temporary = try TemporaryFolder()
  }

  private struct Failed: Error, CustomStringConvertible {
    var description: String
  }

  private func run(_ program: String, _ arguments: String...) throws -> String {
    let run = try CompilerRun(program, arguments)
    guard run.exitCode == 0 else { throw Failed(description: run.output) }
    return run.output
  }

  private func python(_ script: String, _ arguments: String...) throws -> String {
    let environment = URL(filePath: try Comparison.networks.get()).deletingLastPathComponent()
    let run = try CompilerRun(
      environment.appending(path: "environment/bin/python").path, ["\(Places.package)/\(script)"] + arguments)
    guard run.exitCode == 0 else { throw Failed(description: run.output) }
    return run.output
  }

  /// A kind of network, and how often onnxruntime has each operator of its exported file; others are absent.
  struct Form: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var graph: Graph
    var operators: [String: Int]
  }

  @Test(
    "every operator of small networks of each kind is an integer one, and computes what haq does",
    arguments: SmallNetworks.all, ["symmetric", "asymmetric"])
  func fused(_ form: Form, activationRange: String) throws {
    let (network, file) = ("\(folder)/net.onnx", "\(folder)/integer.onnx")
    try ONNX.encode(form.graph).write(to: URL(filePath: network))
    // Weights of 8 bits overflow the 16-bit sums of processors without VNNI, which then compute something else.
    _ = try run(
      Places.builtLibrary("haq"), "export", network, "--bits", "W7A8", "--as", "qdq", "-o", file,
      "--activation-range", activationRange)
    let output = try python("docs/examples/export/deploy.py", "nodes", file)
    var operators = try JSONDecoder().decode([String: Int].self, from: Data(output.utf8))
    // Where onnxruntime changes the order of channels, and how it calls a pooling in that order, is its own affair.
    operators["Transpose"] = nil
    if let count = operators.removeValue(forKey: "NhwcMaxPool") { operators["MaxPool"] = count }
    #expect(operators == form.operators)

    let samples = 200
    _ = try python(
      "docs/examples/export/onnxruntime_accuracy.py", file, "--samples", "\(samples)", "--scores",
      "\(folder)/scores")
    let theirs = try Data(contentsOf: URL(filePath: "\(folder)/scores")).withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
    let (ours, unquantized) = try (scores(file, samples), scores(network, samples))
    try #require(ours.count == theirs.count)
    // Integer operators round at other places than fake quantizers do, by a step here and there.
    #expect(relativeError(theirs, from: ours) < 0.02)
    // And 8 bits leave of made-up networks what one can recognize: another network would have an error above 1.
    #expect(relativeError(ours, from: unquantized) < 0.4)
  }

  private func scores(_ file: String, _ count: Int) throws -> [Float] {
    let network = try FloatNetwork(ONNX.read(file))
    let batch = try FashionMNIST.load().test.batch(at: 0..<count)
    return try withoutGradients {
      try network.scores(of: Tensor(batch.pixels, shape: batch.shape)).values()
    }
  }

  /// The root mean square of differences as a part of how much the expected scores of one class vary.
  private func relativeError(_ found: [Float], from expected: [Float]) -> Float {
    let classes = SmallNetworks.classes
    let images = Float(expected.count / classes)
    let means = (0..<classes).map { first in
      stride(from: first, to: expected.count, by: classes).reduce(Float(0)) { $0 + expected[$1] } / images
    }
    let variance = expected.indices.reduce(Float(0)) { sum, index in
      let difference = expected[index] - means[index % classes]
      return sum + difference * difference
    }
    let error = zip(found, expected).reduce(Float(0)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return (error / variance).squareRoot()
  }
}

/// Networks for images of Fashion-MNIST with made-up weights.
enum SmallNetworks {
  static let classes = 10

  static let all = [residual(), padded(), gated(), branched()]

  /// Grows node by node; each reads the last one's value where nothing else is said.
  private struct Builder {
    var graph = Graph(
      name: "small", input: "input", inputShape: TensorShape(channels: 1, height: 28, width: 28), nodes: [],
      output: "")
    var value = "input"
    private var state: UInt64 = 1

    /// -1 to 1, from Knuth's linear congruential generator.
    private mutating func number() -> Float {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(Int32(truncatingIfNeeded: state >> 32)) / 0x1p31
    }

    @discardableResult
    mutating func add(_ operation: Networks.Operation, _ inputs: String...) -> String {
      let name = "n\(graph.nodes.count)"
      graph.nodes.append(
        Node(name: name, operation: operation, inputs: inputs.isEmpty ? [value] : inputs, output: name))
      value = name
      return name
    }

    /// A layer with `inputs` weights for each output; some channels of a dead one have weights of nearly zero.
    @discardableResult
    mutating func layer(
      _ operation: Networks.Operation, inputs: Int, outputs: Int, reading: String? = nil, dead: Bool = false
    ) -> String {
      let name = add(operation, reading ?? value)
      let spread = (3 / Float(inputs)).squareRoot()
      let weight = (0..<inputs * outputs).map { index in
        number() * spread * (dead && index / inputs % 4 == 1 ? 1e-13 : 1)
      }
      graph.weights[name] = LayerWeights(weight: weight, bias: (0..<outputs).map { _ in number() / 4 })
      return name
    }

    @discardableResult
    mutating func convolution(
      _ from: Int, _ to: Int, kernel: Int = 1, stride: Int = 1, padding: Int = 0, groups: Int = 1,
      reading: String? = nil, dead: Bool = false
    ) -> String {
      let convolution = Convolution(
        outputChannels: to, kernel: kernel, stride: stride, padding: padding, groups: groups)
      return layer(
        .convolution(convolution), inputs: from / groups * kernel * kernel, outputs: to, reading: reading,
        dead: dead)
    }

    mutating func finished(from channels: Int) -> Graph {
      add(.globalAveragePool)
      add(.flatten)
      graph.output = layer(.fullyConnected(outputs: classes), inputs: channels, outputs: classes)
      return graph
    }
  }

  private static func zeros(before: Int, after: Int) -> Networks.Operation {
    .pad(
      Networks.Padding(
        before: [0, 0, before, before], after: [0, 0, after, after], content: .constant(0)))
  }

  /// As in ResNet-18: a stem with a pooling, a block, and one whose short cut is a convolution.
  private static func residual() -> FusedOperatorsTests.Form {
    var net = Builder()
    net.convolution(1, 8, kernel: 3, padding: 1)
    net.add(.relu)
    let first = net.add(.maxPool(kernel: 3, stride: 2, padding: 1))
    net.convolution(8, 8, kernel: 3, padding: 1)
    net.add(.relu)
    net.add(.add, net.convolution(8, 8, kernel: 3, padding: 1), first)
    let second = net.add(.relu)
    net.convolution(8, 16, kernel: 3, stride: 2, padding: 1)
    net.add(.relu)
    let long = net.convolution(16, 16, kernel: 3, padding: 1)
    net.add(.add, long, net.convolution(8, 16, stride: 2, reading: second))
    net.add(.relu)
    return .init(
      testDescription: "residual", graph: net.finished(from: 16),
      operators: [
        "QuantizeLinear": 1, "QLinearConv": 6, "MaxPool": 1, "QLinearAdd": 2, "QLinearGlobalAveragePool": 1,
        "Flatten": 1, "QGemm": 1,
      ])
  }

  /// As in EfficientNet-Lite: padding as nodes of its own, clamps at 6, and channels whose weights are all but zero.
  private static func padded() -> FusedOperatorsTests.Form {
    var net = Builder()
    let six = Networks.Operation.clip(lowest: 0, highest: 6)
    net.add(zeros(before: 0, after: 1))
    net.convolution(1, 8, kernel: 3, stride: 2, dead: true)
    net.add(six)
    net.add(zeros(before: 1, after: 1))
    net.convolution(8, 8, kernel: 3, groups: 8, dead: true)
    net.add(six)
    let first = net.convolution(8, 8)
    net.convolution(8, 16, dead: true)
    net.add(six)
    net.add(zeros(before: 1, after: 1))
    net.convolution(16, 16, kernel: 3, groups: 16)
    net.add(six)
    net.add(.add, net.convolution(16, 8), first)
    return .init(
      testDescription: "padded", graph: net.finished(from: 8),
      operators: [
        "QuantizeLinear": 1, "QLinearConv": 6, "QLinearAdd": 1, "QLinearGlobalAveragePool": 1, "Flatten": 1,
        "QGemm": 1,
      ])
  }

  /// As in EfficientNet: x * sigmoid(x), and channels multiplied by what their means give.
  private static func gated() -> FusedOperatorsTests.Form {
    var net = Builder()
    let stem = net.convolution(1, 8, kernel: 3, stride: 2, padding: 1)
    let wide = net.add(.arithmetic(.multiply), stem, net.add(.activation(.sigmoid)))
    net.add(.reduce(Reduction(.mean, axes: [2, 3], keepsAxes: true)))
    net.convolution(8, 4)
    net.add(.relu)
    net.convolution(4, 8)
    net.add(.arithmetic(.multiply), wide, net.add(.activation(.sigmoid)))
    net.convolution(8, 8)
    return .init(
      testDescription: "gated", graph: net.finished(from: 8),
      operators: [
        "QuantizeLinear": 1, "QLinearConv": 4, "QLinearSigmoid": 2, "QLinearMul": 2,
        "QLinearGlobalAveragePool": 2, "Flatten": 1, "QGemm": 1,
      ])
  }

  /// Parts, a concatenation, pooling by means and by the nearest element, and a change of axes and back.
  private static func branched() -> FusedOperatorsTests.Form {
    var net = Builder()
    net.convolution(1, 8, kernel: 3, stride: 2, padding: 1)
    // Both halves have values at the upper end, so that their quantizers are one.
    let whole = net.add(.clip(lowest: 0, highest: 0.25))
    let left = net.add(.slice(Slice(axis: 1, start: 0, end: 4)))
    net.add(.slice(Slice(axis: 1, start: 4, end: 8)), whole)
    net.convolution(4, 4, kernel: 3, padding: 1)
    let right = net.add(.relu)
    net.add(.concatenate(axis: 1), left, right)
    net.add(.pool(Pooling(.mean(countsPadding: false), Window(kernel: 2, stride: 2, padding: 0))))
    net.convolution(8, 8)
    net.add(.activation(.leakyRelu(slope: 0.125)))
    net.add(.resize(Resizing(.nearest(.floor), .asymmetric, extents: [14, 14])))
    net.convolution(8, 8)
    return .init(
      testDescription: "branched", graph: net.finished(from: 8),
      operators: [
        "QuantizeLinear": 1, "Split": 1, "QLinearConv": 4, "QLinearConcat": 1, "QLinearAveragePool": 1,
        "QLinearLeakyRelu": 1, "Resize": 1, "QLinearGlobalAveragePool": 1, "Flatten": 1, "QGemm": 1,
      ])
  }
}
