import Core
import Networks
import PluginDesigns
import PluginLoading
import Testing

@Suite("What bitfusion computes")
struct ModelTests {
  /// `im2col_layers` 0: the layer stands somewhere inside a network.
  static func inner(_ id: String = "bitfusion-eyeriss", batch: Int) throws -> Design {
    var design = try Design.spec(id)
    design.parameters["im2col_layers"] = .number(0)
    design.batch = batch
    return design
  }

  static let layer = Layer(
    name: "conv", kind: .convolution, inputChannels: 128, outputChannels: 256, input: Extent(square: 18),
    output: Extent(square: 16), kernel: Extent(square: 3))

  @Test("gives the original's counters for a layer that is in no reference file")
  func workedExample() throws {
    // The original simulator, Eyeriss configuration, batch 16, W2A2.
    let counters = try #require(
      try Counters.of(
        [Point(layer: 0, precision: Precision(2, 2))], [Self.layer], on: try Self.inner(batch: 16))[0])
    #expect(
      counters.integers == [
        "total_cycles": 402_091, "mem_stall_cycles": 107_179, "compute_cycles": 402_091 - 107_179,
        "dram_read_bits": 43_646_976, "dram_write_bits": 33_554_432, "ibuf_read_bits": 2_415_919_104,
        "wbuf_read_bits": 2_415_919_104, "wbuf_write_bits": 655_360, "ibuf_write_bits": 9_437_184,
        "obuf_read_bits": 67_108_864, "obuf_write_bits": 67_108_864,
      ])
  }

  @Test("computes 1 bit as 2, 3 as 4, and 5 to 7 as 8, while traffic keeps the true width")
  func rounding() throws {
    // 1024 inputs at batch 1 on 16 rows: 64 steps at 8 bit, each halving of a width halves them.
    let layer = Layer(name: "fc", kind: .fullyConnected, inputChannels: 1024, outputChannels: 32)
    let design = try Self.inner(batch: 1)
    let precisions = (1...8).map { Precision($0, 8) }
    let counters = try Counters.of(Design.points(of: [layer], at: precisions), [layer], on: design)
    #expect(counters.map { $0?.integers["compute_cycles"] } == [16, 16, 32, 32, 64, 64, 64, 64])
    #expect(counters.map { $0?.integers["wbuf_write_bits"] } == (1...8).map { 1024 * 32 * $0 })
    let both = try Counters.of(Design.points(of: [layer], at: [Precision(1, 3)]), [layer], on: design)
    #expect(both[0]?.integers["compute_cycles"] == 8)
  }

  @Test("says which of computing, weights and activations a layer waits for")
  func bounds() throws {
    let design = try Self.inner(batch: 1)
    func breakdown(_ layer: Layer, _ precision: Precision) throws -> Breakdown {
      try #require(try design.outcomes(of: [layer], at: [precision])[0].cost.breakdown)
    }
    // One row of 4096 inputs: every weight is used once, 8 bits of it against 192 a cycle.
    let classifier = Layer(name: "fc", kind: .fullyConnected, inputChannels: 4096, outputChannels: 4096)
    let weights = try breakdown(classifier, .eight)
    #expect(weights.bound == .weightTraffic)
    // 4096 / 16 steps x 4096 / 32 passes; 4096 x 4096 x 8 bits, which no tiling moves twice.
    #expect(abs(weights.computeSeconds - 256 * 128 / 5e8) < 1e-15)
    #expect(abs(weights.weightTrafficSeconds - 4096 * 4096 * 8 / 192 / 5e8) < 1e-12)
    // 1152 steps a pixel, and partial sums of 32 bits move only once or twice for each.
    #expect(try breakdown(Self.layer, .eight).bound == .compute)
    // A point-wise layer with few inputs: one step a pixel, but 32 x 32 bits of outputs in and out.
    let pointwise = Layer(
      name: "pw", kind: .convolution, inputChannels: 16, outputChannels: 32, input: Extent(square: 56),
      output: Extent(square: 56))
    #expect(try breakdown(pointwise, .eight).bound == .activationTraffic)
  }

  @Test("packs depthwise channels side by side where the spec says so")
  func depthwise() throws {
    let layer = Layer(
      name: "dw", kind: .depthwise, groups: 64, inputChannels: 64, outputChannels: 64,
      input: Extent(square: 14), output: Extent(square: 14), kernel: Extent(square: 3))
    var design = try Self.inner(batch: 1)
    func counters() throws -> [String: Int] {
      try #require(
        try Counters.of([Point(layer: 0, precision: .eight)], [layer], on: design)[0]
      ).integers
    }
    // 14 x 14 pixels x 9 taps, once for each channel, or once for each 32 channels.
    #expect(try counters()["compute_cycles"] == 14 * 14 * 9 * 64)
    design.parameters["depthwise"] = .text("packed")
    #expect(try counters()["compute_cycles"] == 14 * 14 * 9 * 2)
    // Each channel's input is moved, not one channel's for all: at least 12 x 12 inner pixels x 64 x 8 bits.
    #expect(try counters()["ibuf_write_bits"]! >= 12 * 12 * 64 * 8)
  }

  @Test("gives the same cells for a point alone, repeated, and in any order")
  func pure() throws {
    let layers = Array(try Architecture.mobileNetV2.graph.network().layers.prefix(12))
    let design = try Design.spec("bitfusion-16x16")
    let points = Design.points(of: layers, at: [Precision(2, 3), .eight, Precision(8, 1)])
    let forward = try design.model().outcomes(of: points, in: design.network(layers))
    let backward = try design.model().outcomes(of: points.reversed() + points, in: design.network(layers))
    #expect(backward == forward.reversed() + forward)
    #expect(try design.model().outcomes(of: [points[7]], in: design.network(layers)) == [forward[7]])
  }

  @Test("a dilated kernel has the taps of a dense one, and reads the window that it reaches over")
  func dilated() throws {
    func layer(_ name: String, input: Int, dilation: Int) -> Layer {
      Layer(
        name: name, kind: .convolution, inputChannels: 16, outputChannels: 16, input: Extent(square: input),
        output: Extent(square: 4), kernel: Extent(square: 3), dilation: Extent(square: dilation))
    }
    var design = try Design.spec("bitfusion-eyeriss")
    design.batch = 1
    // The first layer reads the network's input, which is stored as a matrix.
    let layers = [
      layer("first", input: 6, dilation: 1), layer("dense", input: 6, dilation: 1),
      layer("dilated", input: 8, dilation: 2),
    ]
    let points = [1, 2].map { Point(layer: $0, precision: .eight) }
    let counters = try Counters.of(points, layers, on: design).map { try #require($0).integers }
    #expect(counters[0]["compute_cycles"] == counters[1]["compute_cycles"])
    // 4 x 4 windows of 3 x 3 cover 6 x 6 inputs; two apart, 8 x 8. Of 16 channels and 8 bits; all fit at once.
    #expect(counters.map { $0["ibuf_write_bits"] } == [36 * 16 * 8, 64 * 16 * 8])
  }
}
