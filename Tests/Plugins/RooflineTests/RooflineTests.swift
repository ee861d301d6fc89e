import Core
import PluginDesigns
import PluginLoading
import Testing

@Suite("The roofline model")
struct RooflineTests {
  /// Round numbers: a billion operations, a megabyte of weights and two of activations a second, 1000 bytes on chip.
  static let design = Design(
    library: "libroofline.so",
    parameters: [
      "overhead_s": .number(1e-3), "operations_per_s.convolution.w8a8": .number(1e9),
      "operations_per_s.convolution.w4a8": .number(2e9),
      "operations_per_s.fully-connected.w8a8": .number(1e9),
      "operations_per_s.matmul.w8a8": .number(1e9), "memory.paths": .text("separate"),
      "memory.weight_bytes_per_s": .number(1e6), "memory.activation_bytes_per_s": .number(2e6),
      "memory.on_chip_bytes": .number(1000), "energy.j_per_byte": .number(1e-9),
      "energy.j_per_operation.w8a8": .number(2e-12), "energy.j_per_operation.w4a8": .number(1e-12),
    ], batch: 2)

  /// 10 inputs, 20 outputs, 3x3 on 8x8: 1800 weights; 640 inputs and 1280 outputs an image.
  static let layer = Layer(
    name: "conv", kind: .convolution, inputChannels: 10, outputChannels: 20, input: Extent(square: 8),
    output: Extent(square: 8), kernel: Extent(square: 3))

  static func cost(_ design: Design, _ layer: Layer, _ precision: Precision) throws -> Cost {
    try design.outcomes(of: [layer], at: [precision])[0].cost
  }

  static func isClose(_ got: Double?, _ expected: Double) -> Bool {
    got.map { abs($0 - expected) <= 1e-12 * expected } ?? false
  }

  @Test("takes the longest of computing and moving, plus the overhead")
  func latency() throws {
    // 2 x 1800 x 64 x 2 = 460800 operations: 460.8 us. Inputs of 1280 bytes are the smaller operand and need two
    // pieces on chip, so 1800 bytes of weights pass by twice: 3600 bytes, 3.6 ms. Activations: 1280 + 2560 bytes
    // at 2 MB/s, 1.92 ms.
    let cost = try Self.cost(Self.design, Self.layer, .eight)
    #expect(Self.isClose(cost[.latency], 1e-3 + 3.6e-3))
    #expect(cost[.trafficBytes] == Double(3600 + 1280 + 2560))
    #expect(cost[.weightBytes] == 1800)
    #expect(Self.isClose(cost[.energy], 460_800 * 2e-12 + 7440 * 1e-9))
    let breakdown = try #require(cost.breakdown)
    #expect(Self.isClose(breakdown.computeSeconds, 460.8e-6))
    #expect(Self.isClose(breakdown.weightTrafficSeconds, 3.6e-3))
    #expect(Self.isClose(breakdown.activationTrafficSeconds, 1.92e-3))
    #expect(breakdown.bound == .weightTraffic)
  }

  @Test("a fully connected layer over rows is one product, at the rate of fully connected layers")
  func rows() throws {
    let layer = Layer(
      name: "fc", kind: .fullyConnected, inputChannels: 10, outputChannels: 20,
      input: Extent(height: 8, width: 1), output: Extent(height: 8, width: 1))
    var design = Self.design
    design.parameters["operations_per_s.fully-connected.w8a8"] = .number(1e8)
    // 2 x 10 x 20 x 8 rows x 2 samples = 6400 operations: 64 us. 200 bytes of weights: 200 us. 160 + 320 bytes of
    // activations: 240 us.
    let cost = try Self.cost(design, layer, .eight)
    let breakdown = try #require(cost.breakdown)
    #expect(Self.isClose(breakdown.computeSeconds, 64e-6))
    #expect(Self.isClose(breakdown.weightTrafficSeconds, 200e-6))
    #expect(Self.isClose(breakdown.activationTrafficSeconds, 240e-6))
    #expect(cost[.trafficBytes] == Double(200 + 160 + 320))
  }

  @Test("adds both operands' times where they share one path")
  func sharedPath() throws {
    var design = Self.design
    design.parameters["memory.paths"] = .text("shared")
    #expect(Self.isClose(try Self.cost(design, Self.layer, .eight)[.latency], 1e-3 + 3.6e-3 + 1.92e-3))
  }

  @Test("keeps the smaller operand on chip, and moves everything once where it fits")
  func onChip() throws {
    // At 4 bits the weights are 900 bytes: smaller than the inputs, and they fit.
    let narrow = try Self.cost(Self.design, Self.layer, Precision(4, 8))
    #expect(narrow[.trafficBytes] == Double(900 + 1280 + 2560))
    var design = Self.design
    design.parameters["memory.on_chip_bytes"] = .number(1280)
    #expect(try Self.cost(design, Self.layer, .eight)[.trafficBytes] == Double(1800 + 1280 + 2560))
  }

  @Test("is bound by computing where the rate is low")
  func computeBound() throws {
    var design = Self.design
    design.parameters["operations_per_s.convolution.w8a8"] = .number(1e7)
    let cost = try Self.cost(design, Self.layer, .eight)
    #expect(Self.isClose(cost[.latency], 1e-3 + 46.08e-3))
    #expect(cost.breakdown?.bound == .compute)
  }

  @Test("gives a product of activations another second operand for every sample")
  func matmul() throws {
    let layer = Layer(name: "attention", kind: .matmul, inputChannels: 16, outputChannels: 8)
    let cost = try Self.cost(Self.design, layer, .eight)
    #expect(cost[.trafficBytes] == Double(2 * 16 * 8 + 2 * 16 + 2 * 8))
  }

  @Test("does not cost kinds and pairs without a rate")
  func unsupported() throws {
    #expect(try Self.design.outcomes(of: [Self.layer], at: [Precision(8, 4)]) == [.unsupported])
    #expect(try Self.design.outcomes(of: [Self.layer], at: [Precision(9, 8)]) == [.unsupported])
    let depthwise = Layer(
      name: "dw", kind: .depthwise, groups: 4, inputChannels: 4, outputChannels: 4, kernel: Extent(square: 3))
    #expect(try Self.design.outcomes(of: [depthwise], at: [.eight]) == [.unsupported])
  }

  @Test("names what the costs are made of; the parts add up")
  func components() throws {
    let points = [Point(layer: 0, precision: .eight)]
    let model = try Self.design.model()
    let table = try #require(try model.components(of: points, in: Self.design.network([Self.layer])))
    #expect(table[0, "latency.overhead"] == 1e-3)
    #expect(table[0, "traffic.weights"] == 3600)
    #expect(Self.isClose(table[0, "energy.traffic"], 7440e-9))
    #expect(table.components.filter { $0.metric == .energy }.count == 2)
    var thrifty = Self.design
    for key in thrifty.parameters.keys where key.hasPrefix("energy.") { thrifty.parameters[key] = nil }
    let withoutEnergy = try thrifty.model(metrics: [.latency]).components(
      of: points, in: thrifty.network([Self.layer]))
    #expect(withoutEnergy?.components.contains { $0.metric == .energy } == false)
  }

  /// Three layers of 4 channels on 4x4; the third gives what the network gives.
  private static let branch: Network = {
    let layers = ["first", "second", "third"].map {
      Layer(
        name: $0, kind: .convolution, inputChannels: 4, outputChannels: 4, input: Extent(square: 4),
        output: Extent(square: 4))
    }
    // "second" reads "first", and "third" reads both.
    return Network(name: "branch", batch: 2, layers: layers, outputReaders: [[1, 2], [2], []])
  }()

  @Test("bills an output at the width that its readers give it, as calculated by hand")
  func outputs() throws {
    // 16 weights; 64 inputs and 64 outputs an image, 128 of both. W8A8: 16 + 128 bytes, and outputs of 128 elements: at 8 bits
    // 128 bytes, at 4 bits 64, in floats 512.
    let points = [0, 8, 4, 32].map { Point(layer: 0, precision: .eight, output: BitWidth($0)) }
    let costs = try Self.design.model().outcomes(of: points, in: Self.branch)
    #expect(try costs.map { try $0.cost[.trafficBytes] } == [272, 272, 208, 656])

    let rates = ["w8a8", "w8a4", "w4a4", "w4a8"]
    var design = Self.design
    for rate in rates {
      design.parameters["operations_per_s.convolution.\(rate)"] = .number(1e9)
      design.parameters["energy.j_per_operation.\(rate)"] = .number(1e-12)
    }
    let widths = [BitWidth(4)!, .eight]
    let table = try CostTable(
      of: Self.branch, from: try design.model(), weightWidths: widths, activationWidths: widths,
      aggregates: [.latency: .sum, .trafficBytes: .sum, .energy: .sum, .weightBytes: .sum],
      provenance: .withoutHardware("by hand"))
    let policy = Policy([Precision(8, 8), Precision(8, 4), Precision(4, 8)])
    // The first output is read at 4 and at 8 bits: 8; the second at 8; the third by nobody.
    // Traffic: 16 + 128 + 128; 16 + 64 + 128; 8 + 128 + 512.
    let traffic = (0..<3).map { table.cost(.trafficBytes, layer: $0, under: policy) }
    #expect(traffic == [272, 208, 648])
    #expect(try table.total(.trafficBytes, of: policy) == Double(272 + 208 + 648))
    // Activations at 2 MB/s are the slowest: 256, 192 and 640 bytes, 128, 96 and 320 us, each with an overhead of 1 ms.
    #expect(Self.isClose(try table.total(.latency, of: policy), 3e-3 + 128e-6 + 96e-6 + 320e-6))
    // With the third layer at 4 bits, all that it reads shrinks: 16 + 128 + 64; 16 + 64 + 64; 8 + 64 + 512.
    let narrow = Policy([Precision(8, 8), Precision(8, 4), Precision(4, 4)])
    #expect(try table.total(.trafficBytes, of: narrow) == Double(208 + 144 + 584))
  }

  static let complaints: [(key: String, value: Parameter.Value?, says: String)] = [
    ("memory.paths", .text("both"), "parameter \"memory.paths\" must be \"shared\" or \"separate\""),
    ("memory.on_chip_bytes", nil, "a parameter is missing: parameter \"memory.on_chip_bytes\" must be"),
    ("memory.bytes", .number(1), "unknown parameter \"memory.bytes\"; roofline has memory.activation_bytes"),
    (
      "operations_per_s.convolution.w33a8", .number(1e9),
      "unknown parameter \"operations_per_s.convolution.w33"
    ),
    ("operations_per_s.pooling.w8a8", .number(1e9), "operations_per_s has kinds convolution, depthwise,"),
    ("operations_per_s.convolution.w8a8", .number(0), "must be a number from 1 to 1e18"),
    ("energy.j_per_byte", nil, "a parameter is missing: \"energy.j_per_byte\", since other energies"),
    ("energy.j_per_operation.w4a8", nil, "is missing: \"energy.j_per_operation.w4a8\", since that pair"),
    ("energy.j_per_bit", .number(1e-12), "energy has j_per_byte, and j_per_operation with pairs"),
  ]

  @Test("says which parameter is wrong, and what is allowed", arguments: complaints)
  func parameters(key: String, value: Parameter.Value?, says: String) throws {
    let complaint = try Self.design.complaint(about: Self.layer) { $0[key] = value }
    #expect(complaint.contains(says), "\(complaint)")
  }

  @Test("refuses to state energy without energies, and to run without rates")
  func incomplete() throws {
    let energy = try Self.design.complaint(about: Self.layer) { parameters in
      for key in parameters.keys where key.hasPrefix("energy.") { parameters[key] = nil }
    }
    #expect(energy.contains("the spec states energy in capabilities.metrics, but its parameters lack"))
    let rates = try Self.design.complaint(about: Self.layer) { parameters in
      for key in parameters.keys where key.hasPrefix("operations") { parameters[key] = nil }
    }
    #expect(rates.contains("\"operations_per_s\" must give at least one rate"))
  }
}
