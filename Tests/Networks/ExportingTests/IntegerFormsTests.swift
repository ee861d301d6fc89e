import Core
import Evaluation
import Exporting
import Foundation
import Networks
import ONNX
import Testing

/// What `qdq` makes of operations between layers. The rules are onnxruntime's, tried with 1.32: it fuses a convolution
/// whose input and output are quantized, and moves bytes where one quantizer is before and behind a movement.
@Suite struct IntegerFormsTests {
  private let pointwise = Networks.Operation.convolution(Convolution(outputChannels: 2, kernel: 1))

  /// A graph on maps of 2x3x3 that is a list of name, operation and inputs; a value has the name of its node.
  private func graph(_ nodes: (String, Networks.Operation, [String])...) -> Graph {
    Graph(
      name: "net", input: "input",
      inputShape: TensorShape([.batch, Dimension(2), Dimension(3), Dimension(3)]),
      nodes: nodes.map { Node(name: $0.0, operation: $0.1, inputs: $0.2, output: $0.0) },
      output: nodes.last!.0)
  }

  private func unsigned(_ scale: Float) -> QuantizerEncoding {
    QuantizerEncoding(bits: .eight, lowest: 0, highest: 255, scales: [scale])
  }

  private func signed(_ scale: Float) -> QuantizerEncoding {
    QuantizerEncoding(bits: .eight, lowest: -127, highest: 127, scales: [scale])
  }

  /// The file as it reads back. Weights are `weight` and biases 1 where nothing else is given.
  private func exported(
    _ graph: Graph, _ activations: [QuantizerEncoding], values: [String: QuantizerEncoding] = [:],
    weight: (value: Float, scale: Float) = (1, 0.25), weightsIn bytes: WeightBytes = .int8
  ) throws -> Graph {
    let network = try graph.network()
    let encodings = zip(network.layers, activations).map {
      LayerEncoding(layer: $0.name, weight: signed(weight.scale), activation: $1)
    }
    let numbers = network.layers.flatMap { layer in
      [Float](repeating: weight.value, count: layer.weightCount)
        + [Float](repeating: 1, count: layer.outputChannels)
    }
    let quantized = try QuantizedGraph(
      graph, policy: .uniform(.eight, layerCount: network.layers.count), encodings: encodings,
      values: values,
      numbers: numbers.map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) })
    return try ONNX.decode(quantized.onnx(as: .qdq, weightsIn: bytes), file: "test")
  }

  /// The nodes in order, quantizers by scale and zero point.
  private func kinds(_ file: Graph) -> [String] {
    file.nodes.map { node in
      if case .fakeQuantize(let quantizer) = node.operation {
        return "\(quantizer.scale) \(Int(quantizer.zeroPoint))"
      }
      return node.name
    }
  }

  private func padding(_ before: [Int], _ after: [Int], _ content: Padding.Content = .constant(0))
    -> Networks.Operation
  {
    .pad(Padding(before: before, after: after, content: content))
  }

  @Test("zeros around what a layer reads are its own padding, in front of the input and behind a relu")
  func paddedLayers() throws {
    let wide = Networks.Operation.convolution(Convolution(outputChannels: 2, kernel: 2))
    let file = try exported(
      graph(
        ("front", padding([0, 0, 0, 0], [0, 0, 1, 1]), ["input"]), ("a", wide, ["front"]),
        ("relu", .relu, ["a"]), ("pad", padding([0, 0, 1, 2], [0, 0, 0, 0]), ["relu"]), ("b", wide, ["pad"])),
      [signed(0.5), unsigned(0.25)])
    #expect(kinds(file) == ["0.5 128", "a", "0.25 0", "b"])
    let paddings = file.nodes.compactMap { node -> Window.Padding? in
      if case .convolution(let convolution) = node.operation { convolution.window.padding } else { nil }
    }
    #expect(
      paddings == [
        Window.Padding(before: [0, 0], after: [1, 1]), Window.Padding(before: [1, 2], after: [0, 0]),
      ])
  }

  @Test("padding that is no layer's has the quantizer of its input, which has zero among its values")
  func paddedChannels() throws {
    let four = Networks.Operation.convolution(Convolution(outputChannels: 4, kernel: 1))
    let net = graph(
      ("a", pointwise, ["input"]), ("relu", .relu, ["a"]),
      ("pad", padding([0, 1, 0, 0], [0, 1, 0, 0]), ["relu"]), ("b", four, ["relu"]),
      ("sum", .add, ["pad", "b"]), ("c", pointwise, ["sum"]))
    #expect(try QuantizedGraph.valuesWithoutLayers(in: net) == ["b"])
    let file = try exported(net, [signed(0.5), unsigned(0.25), signed(0.125)], values: ["b": signed(0.75)])
    #expect(
      kinds(file) == [
        "0.5 128", "a", "0.25 0", "pad", "0.25 0", "b", "0.75 128", "sum", "0.125 128", "c",
      ])
  }

  @Test("padding of a mean counts, and lowest numbers around a maximum do not; others stay")
  func paddedPooling() throws {
    let mean = Networks.Operation.pool(
      Pooling(.mean(countsPadding: false), Window(kernel: 2, stride: 1, padding: 0)))
    let maximum = Networks.Operation.maxPool(kernel: 2, stride: 1, padding: 0)
    func padded(_ content: Padding.Content, _ pooling: Networks.Operation) throws -> Graph {
      let net = graph(
        ("a", pointwise, ["input"]), ("pad", padding([0, 0, 1, 1], [0, 0, 0, 0], content), ["a"]),
        ("pool", pooling, ["pad"]), ("b", pointwise, ["pool"]))
      let values = try QuantizedGraph.valuesWithoutLayers(in: net).map { ($0, signed(0.25)) }
      return try exported(
        net, [signed(0.5), signed(0.25)], values: Dictionary(uniqueKeysWithValues: values))
    }
    func pools(_ file: Graph) -> [Pooling] {
      file.nodes.compactMap { if case .pool(let pooling) = $0.operation { pooling } else { nil } }
    }
    let window = Window(
      kernel: [2, 2], stride: [1, 1], padding: .init(before: [1, 1], after: [0, 0]), dilation: [1, 1])
    #expect(try pools(padded(.constant(0), mean)) == [Pooling(.mean(countsPadding: true), window)])
    #expect(try pools(padded(.constant(-.infinity), maximum)) == [Pooling(.maximum, window)])
    // A negative number's maximum with a zero is the zero.
    #expect(try padded(.constant(0), maximum).nodes.contains { $0.name == "pad" })
    #expect(try padded(.reflection, mean).nodes.contains { $0.name == "pad" })
  }

  @Test("a clip is left out where its quantizer ends within it, and else has the quantizer before it, too")
  func clips() throws {
    func clipped(_ lowest: Float, _ highest: Float, _ quantizer: QuantizerEncoding) throws -> [String] {
      try kinds(
        exported(
          graph(
            ("a", pointwise, ["input"]), ("clip", .clip(lowest: lowest, highest: highest), ["a"]),
            ("b", pointwise, ["clip"])),
          [signed(0.5), quantizer]))
    }
    // 255 / 64 is just below 4; 127 / 32 too.
    let (four, both) = (unsigned(1 / 64), signed(1 / 32))
    #expect(try clipped(0, 4, four) == ["0.5 128", "a", "0.015625 0", "b"])
    #expect(try clipped(-4, 4, both) == ["0.5 128", "a", "0.03125 128", "b"])
    #expect(try clipped(0, 3, four) == ["0.5 128", "a", "0.015625 0", "clip", "0.015625 0", "b"])
    #expect(try clipped(-1, 4, both) == ["0.5 128", "a", "0.03125 128", "clip", "0.03125 128", "b"])
  }

  @Test("a quantizer before a clip, too, changes no number that the quantizer behind it gives")
  func quantizedTwice() {
    // Exact in binary: steps of 1/32, limits at and between steps, and numbers at every quarter of a step.
    for (zero, lowest, highest) in [(128, -1, 1), (0, 0, 3), (10, -2, 0.7), (128, -9, 9), (128, 1, 1)] {
      let quantizer = FakeQuantization(
        scale: 1 / 32, zeroPoint: Float(zero), quantizedRange: 0...255, width: .eight)
      for quarters in -1200...1200 {
        let number = Float(quarters) / 128
        func clip(_ number: Float) -> Float { min(max(number, Float(lowest)), Float(highest)) }
        #expect(quantizer(clip(quantizer(number))) == quantizer(clip(number)))
      }
    }
  }

  @Test("a relu that reads a sum which others read, too, is the cut of its own quantizer")
  func preactivation() throws {
    let net = graph(
      ("a", pointwise, ["input"]), ("relu", .relu, ["a"]), ("b", pointwise, ["relu"]),
      ("sum", .add, ["a", "b"]), ("mean", .globalAveragePool, ["sum"]), ("flat", .flatten, ["mean"]),
      ("c", .fullyConnected(outputs: 2), ["flat"]))
    #expect(try QuantizedGraph.valuesWithoutLayers(in: net) == ["a", "b", "sum"])
    let file = try exported(
      net, [signed(0.5), unsigned(0.25), signed(0.125)],
      values: ["a": signed(1), "b": signed(2), "sum": signed(4)])
    #expect(
      kinds(file) == [
        "0.5 128", "a", "1.0 128", "0.25 0", "b", "2.0 128", "sum", "4.0 128", "mean", "0.125 128", "flat",
        "0.125 128", "c",
      ])
  }

  @Test("parts of one value keep its quantizer, but for the layer that reads a part by another")
  func parts() throws {
    let one = Networks.Operation.convolution(Convolution(outputChannels: 1, kernel: 1))
    let net = graph(
      ("a", pointwise, ["input"]), ("left", .slice(Slice(axis: 1, start: 0, end: 1)), ["a"]),
      ("right", .slice(Slice(axis: 1, start: 1, end: 2)), ["a"]), ("b", one, ["right"]),
      ("both", .concatenate(axis: 1), ["left", "b"]), ("c", pointwise, ["both"]))
    #expect(try QuantizedGraph.valuesWithoutLayers(in: net) == ["a", "b"])
    let file = try exported(
      net, [signed(0.5), signed(0.25), signed(0.125)], values: ["a": signed(1), "b": signed(2)])
    #expect(
      kinds(file) == [
        "0.5 128", "a", "1.0 128", "left", "1.0 128", "0.25 128", "right", "0.25 128", "b", "2.0 128", "both",
        "0.125 128", "c",
      ])
    // Two quantizers in a row would be joined to a third. So "a" has the one by which all read it.
    let alike = try exported(
      graph(
        ("a", pointwise, ["input"]), ("left", .slice(Slice(axis: 1, start: 0, end: 1)), ["a"]),
        ("right", .slice(Slice(axis: 1, start: 1, end: 2)), ["a"]), ("b", one, ["right"]),
        ("c", one, ["left"]), ("sum", .add, ["b", "c"])),
      [signed(0.5), signed(0.25), signed(0.25)], values: ["a": signed(1), "b": signed(2), "c": signed(3)])
    #expect(
      kinds(alike) == [
        "0.5 128", "a", "0.25 128", "left", "0.25 128", "right", "0.25 128", "b", "2.0 128", "c", "3.0 128",
        "sum",
      ])
  }

  @Test(
    "gates: sigmoids and products are held, a sigmoid of scores is not; a mean over a map is a global pooling"
  )
  func gates() throws {
    let net = graph(
      ("a", pointwise, ["input"]), ("mean", .reduce(Reduction(.mean, axes: [2, 3], keepsAxes: true)), ["a"]),
      ("b", pointwise, ["mean"]), ("gate", .activation(.sigmoid), ["b"]),
      ("product", .arithmetic(.multiply), ["a", "gate"]),
      ("vector", .reduce(Reduction(.mean, axes: [2, 3], keepsAxes: false)), ["product"]),
      ("c", .fullyConnected(outputs: 2), ["vector"]), ("scores", .activation(.sigmoid), ["c"]))
    #expect(try QuantizedGraph.valuesWithoutLayers(in: net) == ["a", "b", "gate", "product"])
    let file = try exported(
      net, [signed(0.5), signed(0.25), signed(0.125)],
      values: ["a": signed(1), "b": signed(2), "gate": unsigned(0.0625), "product": signed(4)])
    #expect(
      kinds(file) == [
        "0.5 128", "a", "1.0 128", "mean", "0.25 128", "b", "2.0 128", "gate", "0.0625 0", "product",
        "4.0 128", "vector", "0.125 128", "vector.flatten", "0.125 128", "c", "scores",
      ])
    #expect(file.nodes.count { $0.operation == .globalAveragePool } == 2)
  }

  @Test("weights of nearly zero get a scale at which the bias has 31 bits, and are whole numbers of it")
  func deadChannels() throws {
    let net = graph(("a", pointwise, ["input"]), ("b", pointwise, ["a"]))
    let file = try exported(
      net, [signed(0.5), signed(0.25)], weight: (value: 127e-12, scale: 1e-12))
    // 1 = 2^30 * 0.5 * scale: the scale is 2^-29, at which 127e-12 is 0.07 of a step, or none.
    let layer = try #require(file.weights["a"])
    #expect(layer.weight == [0, 0, 0, 0])
    #expect(layer.bias.allSatisfy { abs($0 - 1) < 1e-6 })
    // The bias is an input of the layer: as a sum behind it, it would have a node of its own in the file.
    #expect(file.nodes.map(\.name).filter { $0.hasPrefix("a") } == ["a", "a.quantized.1"])
  }

  @Test("weights in unsigned bytes are the same numbers")
  func unsignedWeights() throws {
    let net = graph(("a", pointwise, ["input"]))
    let signed = try exported(net, [signed(0.5)], weight: (-0.75, 0.25))
    let unsigned = try exported(net, [self.signed(0.5)], weight: (-0.75, 0.25), weightsIn: .uint8)
    #expect(
      unsigned.weights == signed.weights && signed.weights["a"]?.weight == [-0.75, -0.75, -0.75, -0.75])
    #expect(unsigned.givenWidths == signed.givenWidths)
  }

  /// What the calling thread has computed for, which other programs do not change.
  private func threadSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  @Test("a network of many nodes is looked through, and exported, in time that grows as it does")
  func manyNodes() throws {
    /// A layer, then sums and relus in turn.
    func chain(_ count: Int) -> Graph {
      var net = graph(("0", pointwise, ["input"]))
      net.nodes += (1...count).map {
        Node(
          name: "\($0)", operation: $0.isMultiple(of: 2) ? .relu : .add,
          inputs: [String](repeating: "\($0 - 1)", count: 1 + $0 % 2), output: "\($0)")
      }
      net.output = "\(count)"
      return net
    }
    func seconds(_ body: () throws -> Void) rethrows -> Double {
      let start = threadSeconds()
      try body()
      return threadSeconds() - start
    }
    func looking(_ count: Int) throws -> Double {
      let net = chain(count)
      return try seconds { _ = try QuantizedGraph.valuesWithoutLayers(in: net) }
    }
    func exporting(_ count: Int) throws -> Double {
      let net = chain(count)
      let values = try QuantizedGraph.valuesWithoutLayers(in: net).map { ($0, signed(1)) }
      return try seconds {
        _ = try exported(net, [signed(0.5)], values: Dictionary(uniqueKeysWithValues: values))
      }
    }
    // A quadratic search takes 1024 and 256 times as long.
    #expect(try looking(16000) < 128 * looking(500))
    #expect(try exporting(4000) < 48 * exporting(250))
  }
}
