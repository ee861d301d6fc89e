import Core
import Networks
import Testing

/// What belongs together in a graph, and what memory it needs; every figure is worked out by hand beside it.
@Suite("Tied widths, liveness and weight bytes")
struct GraphTruthTests {
  private func policy(_ bits: [(weight: Int, activation: Int)]) -> Policy {
    Policy(bits.map { Precision(weight: BitWidth($0.weight)!, activation: BitWidth($0.activation)!) })
  }

  /// `first`, `second` and their sum, which `third` reads.
  private var residual: Graph {
    var builder = GraphBuilder(name: "residual", inputShape: TensorShape(channels: 2, height: 4, width: 4))
    builder.convolution("first", outputs: 4)
    builder.relu()
    let skipped = builder.value
    builder.convolution("second", outputs: 4)
    builder.add("sum", skipped)
    builder.convolution("third", outputs: 1, stride: 2)
    return builder.build()
  }

  /// `concat` joins what `near` and, over a long skip, `first` write.
  private var longSkip: Graph {
    func node(_ name: String, outputs: Int, reads: String, stride: Int = 1) -> Node {
      Node(
        name: name, operation: .convolution(Convolution(outputChannels: outputs, kernel: 1, stride: stride)),
        inputs: [reads], output: name)
    }
    return Graph(
      name: "skip", input: "input", inputShape: TensorShape(channels: 1, height: 4, width: 4),
      nodes: [
        node("first", outputs: 2, reads: "input"), node("wide", outputs: 8, reads: "first"),
        node("near", outputs: 2, reads: "wide"),
        Node(name: "concat", operation: .concatenate(axis: 1), inputs: ["near", "first"], output: "concat"),
        node("last", outputs: 1, reads: "concat", stride: 2),
      ], output: "last")
  }

  /// 1x4x4 pictures, a layer of four channels, what `elements` makes of `layer`, and a layer that reads it.
  private func between(_ elements: [Node]) -> Graph {
    func layer(_ name: String, _ input: String) -> Node {
      Node(
        name: name, operation: .convolution(Convolution(outputChannels: 4, kernel: 1)), inputs: [input],
        output: name)
    }
    var graph = Graph(
      name: "elements", input: "input", inputShape: TensorShape(channels: 4, height: 4, width: 4),
      nodes: [layer("layer", "input")] + elements + [layer("last", elements.last!.output)], output: "last")
    graph.constants["half"] = Constant(extents: [], values: [0.5])
    return graph
  }

  @Test("a function of one value that is written as several operations is one: SiLU, GELU and hard swish")
  func functionsOfElements() throws {
    func node(_ name: String, _ operation: Networks.Operation, _ inputs: String...) -> Node {
      Node(name: name, operation: operation, inputs: inputs, output: name)
    }
    // Of 64 elements at 8 bit: input and result of "layer", 128 bytes; the function lies where the result was; "last"
    // gives 64 floats, 256 bytes, beside it.
    let peak = 64 + 256
    let silu = [
      node("s", .activation(.sigmoid), "layer"), node("y", .arithmetic(.multiply), "layer", "s"),
    ]
    let gelu = [
      node("h", .arithmetic(.multiply), "layer", "half"), node("e", .activation(.erf), "layer"),
      node("o", .add, "e", "half"), node("y", .arithmetic(.multiply), "h", "o"),
    ]
    let hardSwish = [
      node("p", .add, "layer", "half"), node("c", .clip(lowest: 0, highest: 6), "p"),
      node("m", .arithmetic(.multiply), "layer", "c"), node("y", .arithmetic(.divide), "m", "half"),
    ]
    let bits = policy([(8, 8), (8, 8)])
    for function in [[node("y", .relu, "layer")], silu, gelu, hardSwish] {
      let graph = between(function)
      #expect(try graph.peakActivationBytes(bits) == peak)
      // The input; input and "layer"; "y" and "last": no more are alive together.
      #expect(try graph.activationMemory().liveSets.allSatisfy { $0.count <= 2 })
    }
    // What another layer reads is kept: "layer", the sigmoid that a pooling reads, and the product.
    let read = [
      node("s", .activation(.sigmoid), "layer"), node("g", .globalAveragePool, "s"),
      node("t", .arithmetic(.multiply), "layer", "s"), node("y", .arithmetic(.multiply), "t", "g"),
    ]
    #expect(try between(read).activationMemory().liveSets.contains { $0.count == 3 })
  }

  @Test("one activation that several layers read has one width, also behind a relu")
  func sharedActivation() throws {
    var builder = GraphBuilder(name: "fork", inputShape: TensorShape(channels: 2, height: 4, width: 4))
    builder.convolution("stem", outputs: 4)
    builder.relu()
    let shared = builder.value
    builder.convolution("main", outputs: 4)
    let main = builder.value
    builder.value = shared
    builder.convolution("shortcut", outputs: 4)
    builder.add("sum", main)
    builder.convolution("last", outputs: 2)
    let groups = builder.build().tiedWidthGroups()
    #expect(groups.map(\.layers) == [["main", "shortcut"]])
    #expect(groups.map(\.reasons) == [["readers of \"stem.relu\""]])
  }

  @Test("a sum ties its operands, but not its result, which has a quantizer of its own")
  func residualSum() {
    // The operands are read by "second" alone, the sum by "third" alone: nobody shares.
    #expect(residual.tiedWidthGroups().isEmpty)
    var graph = residual
    graph.nodes.append(
      Node(
        name: "aside", operation: .convolution(Convolution(outputChannels: 1, kernel: 1)), inputs: ["second"],
        output: "aside"))
    #expect(graph.tiedWidthGroups().map(\.layers) == [["second", "aside"]])
    #expect(graph.tiedWidthGroups().map(\.reasons) == [["operands of the sum \"sum\""]])
  }

  @Test("a join ties its parts and its result, over any distance")
  func join() {
    #expect(longSkip.tiedWidthGroups().map(\.layers) == [["wide", "last"]])
    #expect(longSkip.tiedWidthGroups().map(\.reasons) == [["parts of \"concat\""]])
  }

  @Test("peak memory of a residual block, at the widths of a policy")
  func residualPeak() throws {
    // Bytes: input 32 elements at 8 bits 32; first, and in its place its relu, 64 at 4 bits 32; second, tied to
    // them by the sum, 32; sum 64 at 2 bits 16; third 4 floats 16. Alive while they run: first 32+32, relu 32,
    // second 32+32, sum 32+32+16 = 80, third 16+16.
    let widths = policy([(8, 8), (8, 4), (8, 2)])
    #expect(try residual.peakActivationBytes(widths) == 80)
    #expect(try residual.peakActivationBytes(widths, batch: 3) == 240)
    // At 8, 1 and 1: 32+8, 8, 8+8, 8+8+8, 8+16: now "first" is the peak.
    #expect(try residual.peakActivationBytes(policy([(8, 8), (8, 1), (8, 1)])) == 40)
  }

  @Test("a long skip is alive all the way; layers that break a tie store at the widest of them")
  func longSkipPeak() throws {
    // Bytes: input 16 elements at 8 bits 16; first 32 at 4 bits 16; wide 128 at 3 bits 48; near 16; concat 64 at
    // 4 bits 32; last 4 floats 16. first 16+16, wide 16+48, near 16+48+16 = 80, concat 16+16+32, last 32+16.
    #expect(try longSkip.peakActivationBytes(policy([(8, 8), (8, 4), (8, 3), (8, 4)])) == 80)
    // "wide" at 4 and "last" at 8: first, near and concat at 8 bits, 32, 32 and 64; concat runs at 32+32+64.
    #expect(try longSkip.peakActivationBytes(policy([(8, 8), (8, 4), (8, 3), (8, 8)])) == 128)
  }

  @Test("operands of a sum that no layer reads are stored as the sum is read; outputs stay in floats")
  func storedAsRead() throws {
    var builder = GraphBuilder(name: "fork", inputShape: TensorShape(channels: 2, height: 4, width: 4))
    builder.convolution("stem", outputs: 4)
    let shared = builder.value
    builder.convolution("main", outputs: 4)
    let main = builder.value
    builder.value = shared
    builder.convolution("shortcut", outputs: 4)
    builder.add("sum", main)
    builder.convolution("last", outputs: 1, stride: 4)
    let graph = builder.build()
    // Bytes: input 32 elements at 8 bits 32; stem 64 at 4 bits 32; main, shortcut and their sum, which "last" reads at
    // 3 bits, 24 each; last one float 4. Alive: stem 32+32, main 32+24, shortcut 32+24+24 = 80, sum 72, last 28.
    let widths = policy([(8, 8), (8, 4), (8, 4), (8, 3)])
    #expect(try graph.peakActivationBytes(widths) == 80)
    // The sum at 6 bits, 48 bytes each: 32+48+48 = 128, and 144 while the sum is taken.
    #expect(try graph.peakActivationBytes(policy([(8, 8), (8, 4), (8, 4), (8, 6)])) == 144)
    // Only what is alive beside others in no larger set is kept: {input, stem}, {stem, main, shortcut}, {main, shortcut,
    // sum}, {sum, last}.
    #expect(try graph.activationMemory().liveSets.count == 4)
    #expect(try graph.activationMemory().values.map(\.layers) == [[0], [1, 2], [3], [3], [3], []])
  }

  @Test("cost models are told of the layers at whose widths outputs are stored")
  func outputReaders() throws {
    // "first" is read by "second", to whose input the sum ties the output of "second"; "third" gives the scores.
    #expect(try residual.network().outputReaders == [[1], [1], []])
    // The join ties "first", "near" and its own result: "wide" and "last" read them.
    #expect(try longSkip.network().outputReaders == [[1, 3], [2], [1, 3], []])
    let widths = policy([(8, 8), (8, 4), (8, 3), (8, 6)])
    let network = try longSkip.network(batch: 5)
    #expect((0..<4).map { network.outputWidth(ofLayer: $0, under: widths)?.bits } == [6, 3, 6, 32])
    #expect(network.withBatch(2).outputReaders == network.outputReaders)
  }

  @Test("what a product of activations reads is stored in floats, also where a layer reads it")
  func readByProduct() throws {
    func layer(_ name: String, _ input: String) -> Node {
      Node(name: name, operation: .fullyConnected(outputs: 4), inputs: [input], output: name)
    }
    let graph = Graph(
      name: "attention", input: "input",
      inputShape: TensorShape([.batch, Dimension(4), Dimension(4)]),
      nodes: [
        layer("keys", "input"), layer("values", "keys"),
        Node(name: "product", operation: .matrixProduct, inputs: ["keys", "values"], output: "product"),
        layer("last", "product"),
      ], output: "last")
    #expect(try graph.network().outputReaders == [[], [], []])
    // Bytes: input 16 elements at 8 bits 16; keys, values and last 16 floats 64 each; product 16 at 8 bits 16. While the
    // product runs 64 + 64 + 16, while "values" runs 64 + 64.
    #expect(try graph.peakActivationBytes(policy([(8, 8), (8, 8), (8, 8)])) == 144)
  }

  @Test("weight bytes add bits before they round, and count a shared tensor once, at the widest")
  func weightBytes() throws {
    // 1x2, 2x8, 8x2 and 4x1 weights: 2 at 3, 16 at 2, 16 at 5 and 4 at 7 bits: 6+32+80+28 = 146 bits, 19 bytes.
    let widths = policy([(3, 8), (2, 8), (5, 8), (7, 8)])
    #expect(try longSkip.weightBytes(widths) == 19)
    // The 16 of "wide" and "near" are one tensor at 5 bits: 6+80+28 = 114 bits, 15 bytes.
    var graph = longSkip
    graph.sharedWeights = [["wide", "near"]]
    #expect(try graph.weightBytes(widths) == 15)
  }

  @Test("weights in blocks count the scales of every begun block, and a shared tensor what covers its layers")
  func weightBytesOfFormats() throws {
    let named = Policy(["mxfp4/bf16", "int4-g32/bf16", "W4A8", "bf16/bf16"].compactMap { Precision($0) })
    // 2 at 4 and a scale of 8 bits for each of 2 outputs: 24; 16 at 4 and 8 scales of 16: 192; 16 at 4: 64; 4 at 16: 64.
    // 344 bits.
    #expect(try longSkip.weightBytes(named) == 43)
    // Neither int4 nor its symmetric groups have all numbers of the other: 16 floats. 24 + 512 + 64 = 600 bits.
    var graph = longSkip
    graph.sharedWeights = [["wide", "near"]]
    #expect(try graph.weightBytes(named) == 75)
  }
}
