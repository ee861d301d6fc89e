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
    #expect(Self.isClose(breakdown.compute_s, 460.8e-6))
    #expect(Self.isClose(breakdown.weightTraffic_s, 3.6e-3))
    #expect(Self.isClose(breakdown.activationTraffic_s, 1.92e-3))
    #expect(breakdown.bound == .weightTraffic)
  }

  @Test("multiplies rows by weights at the rate of fully connected layers, with the weights read once")
  func rows() throws {
    var design = Self.design
    design.parameters["operations_per_s.convolution.w8a8"] = .number(1)
    design.parameters["memory.on_chip_bytes"] = .number(1e9)
    let rows = Extent(height: 7, width: 1)
    let layer = Layer(
      name: "fc", kind: .fullyConnected, inputChannels: 100, outputChannels: 200, input: rows, output: rows)
    // 2 samples of 7 rows: 2 x 14 x 20000 = 560000 operations, 560 us; weights of 20000 bytes, 20 ms;
    // activations of 14 x 300 bytes, 2.1 ms.
    let cost = try Self.cost(design, layer, .eight)
    #expect(Self.isClose(cost[.latency], 1e-3 + 20e-3))
    #expect(cost[.trafficBytes] == Double(20_000 + 14 * 300))
    #expect(Self.isClose(cost.breakdown?.compute_s, 560e-6))
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
