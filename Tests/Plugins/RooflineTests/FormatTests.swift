import Core
import NumberFormats
import PluginDesigns
import PluginLoading
import Testing

@Suite("The roofline model in number formats")
struct FormatTests {
  /// The design of `RooflineTests` with rates for these pairs, each half a billion operations a second.
  private static func design(_ pairs: String...) -> Design {
    var design = RooflineTests.design
    for pair in pairs {
      for kind in ["convolution", "matmul"] {
        design.parameters["operations_per_s.\(kind).\(pair)"] = .number(5e8)
      }
      design.parameters["energy.j_per_operation.\(pair)"] = .number(1e-12)
    }
    return design
  }

  private func cost(_ pair: String, output: String? = nil, of layer: Layer = RooflineTests.layer) throws
    -> Cost
  {
    let design = Self.design(pair)
    let point = Point(
      layer: 0, precision: try #require(Precision(pair)),
      output: try output.map { try #require(BitWidth(formatName: $0)) })
    return try design.model().outcomes(of: [point], in: design.network([layer]))[0].cost
  }

  @Test("weights in groups take their scales, and are multiplied at the rate of their pair")
  func groups() throws {
    // 20 rows of 90 weights of 4 bits and three scales of 16 bits: 20 x 408 bits, 1020 bytes, two pieces on chip. So
    // 2560 bytes of inputs pass by twice; outputs are 5120 bytes, stored as the inputs are.
    let cost = try cost("int4-g32/bf16")
    #expect(cost[.weightBytes] == 1020)
    #expect(cost[.trafficBytes] == Double(1020 + 2 * 2560 + 5120))
    let breakdown = try #require(cost.breakdown)
    #expect(RooflineTests.isClose(breakdown.computeSeconds, 460_800 / 5e8))
    #expect(RooflineTests.isClose(breakdown.weightTrafficSeconds, 1.02e-3))
    #expect(RooflineTests.isClose(breakdown.activationTrafficSeconds, 5.12e-3))
    #expect(RooflineTests.isClose(cost[.latency], 1e-3 + 5.12e-3))
  }

  @Test("blocks of activations lie in one row, and NVFP4 has a scale for each tensor")
  func blocks() throws {
    // Weights: 20 rows of 90 x 4 bits and 6 scales of 8, and 32 bits: 8192 bits. Inputs: 1280 x 4 bits, 80 scales, and 32
    // bits: 5792 bits, which fit on chip. Outputs: 2560 x 4 bits, 160 scales, and 32 bits: 11552 bits.
    let cost = try cost("nvfp4/nvfp4")
    #expect(cost[.weightBytes] == 1024)
    #expect(cost[.trafficBytes] == Double(1024 + 724 + 1444))
  }

  @Test("an output is stored in the format that its readers have")
  func outputs() throws {
    // 3600 bytes of weights pass by three times, for 2560 bytes of inputs. Outputs: 5120, 1444 and 10240 bytes.
    #expect(try cost("bf16/bf16")[.trafficBytes] == Double(3 * 3600 + 2560 + 5120))
    #expect(try cost("bf16/bf16", output: "bf16")[.trafficBytes] == Double(3 * 3600 + 2560 + 5120))
    #expect(try cost("bf16/bf16", output: "nvfp4")[.trafficBytes] == Double(3 * 3600 + 2560 + 1444))
    #expect(try cost("bf16/bf16", output: "fp32")[.trafficBytes] == Double(3 * 3600 + 2560 + 10240))
  }

  @Test("the second operand of a product of activations has a row for each column of each sample")
  func matmul() throws {
    // Two samples of 8 rows of 16 x 4 bits and a scale: 1152 bits. 32 inputs in one block: 136 bits. 16 outputs: 72 bits.
    let layer = Layer(name: "attention", kind: .matmul, inputChannels: 16, outputChannels: 8)
    #expect(try cost("mxfp4/mxfp4", of: layer)[.trafficBytes] == Double(144 + 17 + 9))
  }

  @Test("8-bit floats take what 8-bit integers take, at a rate of their own")
  func equallyWide() throws {
    let (floats, integers) = (try cost("fp8-e4m3/fp8-e4m3"), try cost("int8/fp8-e5m2"))
    #expect(floats[.trafficBytes] == 7440 && integers[.trafficBytes] == 7440)
  }

  @Test("every pair has its own rate, by the name of each format")
  func everyFormat() throws {
    let names = NumberFormat.all.map(\.description)
    var design = RooflineTests.design
    for key in design.parameters.keys where key.contains("operation") { design.parameters[key] = nil }
    design.parameters["energy.j_per_byte"] = nil
    for (index, name) in names.enumerated() {
      design.parameters["operations_per_s.convolution.\(name)/bf16"] = .number(1e3 + Double(index))
      design.parameters["operations_per_s.convolution.bf16/\(name)"] = .number(2e3 + Double(index))
    }
    // The same pair twice.
    design.parameters["operations_per_s.convolution.bf16/bf16"] = .number(1e3)
    let model = try design.model(metrics: [.latency])
    func rates(_ pair: (BitWidth) -> Precision) throws -> [Double] {
      let points = NumberFormat.all.map { Point(layer: 0, precision: pair(BitWidth(format: $0))) }
      return try model.outcomes(of: points, in: design.network([RooflineTests.layer])).map {
        460_800 / (try $0.cost.breakdown?.computeSeconds ?? 0)
      }
    }
    let bfloat = BitWidth(format: .floating(.bfloat16))
    let weights = try rates { Precision(weight: $0, activation: bfloat) }
    let activations = try rates { Precision(weight: bfloat, activation: $0) }
    for (index, name) in names.enumerated() where name != "bf16" {
      #expect(abs(weights[index] - 1e3 - Double(index)) < 1e-6, "\(name)")
      #expect(abs(activations[index] - 2e3 - Double(index)) < 1e-6, "\(name)")
    }
  }

  @Test("does not cost pairs without a rate")
  func unsupported() throws {
    let design = Self.design("bf16/bf16")
    for pair in ["bf16/fp16", "fp16/bf16", "bf16/int16", "int16/bf16", "int4-g32/bf16"] {
      let precision = try #require(Precision(pair))
      #expect(try design.outcomes(of: [RooflineTests.layer], at: [precision]) == [.unsupported])
    }
  }

  @Test("w8a8 and int8/int8 are one pair, which is given once")
  func spellings() throws {
    var design = RooflineTests.design
    for key in ["operations_per_s.convolution.", "energy.j_per_operation."] {
      design.parameters[key + "int8/int8"] = design.parameters.removeValue(forKey: key + "w8a8")
      design.parameters[key + "w8a8"] = nil
    }
    // The fully connected layers of the design still have a rate, and need an energy.
    #expect(
      try design.outcomes(of: [RooflineTests.layer], at: [.eight])
        == RooflineTests.design.outcomes(of: [RooflineTests.layer], at: [.eight]))
    for key in ["operations_per_s.convolution.int8/int8", "energy.j_per_operation.int8/int8"] {
      let complaint = try RooflineTests.design.complaint(about: RooflineTests.layer) { $0[key] = .number(1) }
      #expect(complaint.contains("gives what another spelling of the same pair has given"), "\(complaint)")
    }
  }

  @Test(
    "says that a key names no pair",
    arguments: [
      "bf16", "bf16/", "/bf16", "BF16/bf16", "bf16/bf16/bf16", "int4-g16/bf16", "int1-g32/bf16",
      "int17-g32/bf16",
      "int32/int8", "int0/int8", "int08/int8", "int/int8", "fp8/fp8", "w4a8/bf16",
    ])
  func wrongPairs(pair: String) throws {
    let complaint = try RooflineTests.design.complaint(about: RooflineTests.layer) {
      $0["operations_per_s.convolution.\(pair)"] = .number(1e9)
    }
    #expect(complaint.contains("unknown parameter \"operations_per_s.convolution.\(pair)\""), "\(complaint)")
    #expect(complaint.contains("such as w4a8 and int4-g128/bf16"))
  }

  @Test("asks for the energy of a pair by its name")
  func energy() throws {
    let complaint = try RooflineTests.design.complaint(about: RooflineTests.layer) {
      $0["operations_per_s.convolution.int4-g128/bf16"] = .number(1e9)
    }
    #expect(complaint.contains("is missing: \"energy.j_per_operation.int4-g128/bf16\""), "\(complaint)")
  }
}
