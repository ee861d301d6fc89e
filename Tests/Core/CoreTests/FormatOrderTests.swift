import Core
import NumberFormats
import Testing

@Suite struct FormatOrderTests {
  private func width(_ name: String) throws -> BitWidth { try #require(BitWidth(formatName: name)) }

  @Test("integers and floats are listed by bits as before, other formats among them by bits with scales")
  func listing() throws {
    let names = [
      "int4", "mxfp4", "nvfp4", "int8", "fp8-e4m3", "mxfp8-e4m3", "int16", "fp16", "bf16", "int17", "int31",
      "fp32",
    ]
    let widths = try names.map(width)
    #expect(widths.sorted() == widths && widths.reversed().sorted() == widths)
    let numbers = BitWidth.range.compactMap { BitWidth($0) }
    #expect(numbers.shuffled().sorted() == numbers)
  }

  @Test("listing is a strict total order of all formats, in which a format comes after those that it covers")
  func order() {
    let all = NumberFormat.all.map { BitWidth(format: $0) }
    for one in all {
      for other in all where one != other {
        #expect((one < other) != (other < one), "\(one), \(other)")
        if one.covers(other) { #expect(!(one < other), "\(one), \(other)") }
      }
    }
  }

  @Test("of integers and 32-bit floats the wider covers, as before")
  func bits() {
    for one in BitWidth.range.compactMap({ BitWidth($0) }) {
      for other in BitWidth.range.compactMap({ BitWidth($0) }) {
        #expect(one.covers(other) == (one.bits >= other.bits))
      }
    }
  }

  @Test("a value is stored at what covers all of its readers, and in 32-bit floats where nothing does")
  func stored() throws {
    func stored(_ names: String...) throws -> String { try BitWidth.stored(for: names.map(width)).formatName }
    #expect(try stored("int4", "int8", "int6") == "int8")
    #expect(try stored("int8", "bf16") == "bf16")
    #expect(try stored("fp16", "bf16") == "fp32")
    #expect(try stored("fp16", "fp32", "bf16") == "fp32")
    #expect(try stored("fp8-e4m3") == "fp8-e4m3")
    #expect(BitWidth.stored(for: []) == .float)
  }

  @Test("a target that rounds up takes the next pair that covers both, not one of as many bits")
  func roundingUp() throws {
    let rules = WidthRules(otherWidths: .roundUp)
    func costedAs(_ text: String) throws -> String? {
      rules.costedAs(
        try #require(Precision(text)), for: .convolution,
        weightWidths: try ["int8", "int16", "fp32"].map(width),
        activationWidths: try ["int16", "bf16", "fp32"].map(width))?.description
    }
    // int16 has as many bits as fp16, and not its numbers; fp32 has.
    #expect(try costedAs("int8/fp16") == "W8A32")
    #expect(try costedAs("int4/bf16") == "int8/bf16")
    // Of int16 and bf16, both of 16 bits, the integers are listed first.
    #expect(try costedAs("W8A4") == "W8A16")
    #expect(try costedAs("fp8-e4m3/int8") == "W32A16")
  }

  @Test("weights take the bits of their format, with a scale for each begun block of an output")
  func weights() throws {
    // Two outputs of 200 inputs: 400 weights, in blocks of 128: 2 * 2 scales of 16 bits.
    let layer = Layer(name: "a", kind: .fullyConnected, inputChannels: 200, outputChannels: 2)
    let network = Network(name: "n", batch: 1, layers: [layer])
    func bytes(_ name: String) throws -> Double {
      let precision = Precision(weight: try width(name), activation: .eight)
      let outcome = WeightStorage().outcomes(of: [Point(layer: 0, precision: precision)], in: network)[0]
      guard case .cost(let cost) = outcome else { return .nan }
      return try #require(cost[.weightBytes])
    }
    #expect(try bytes("int4") == 200)
    #expect(try bytes("int4-g128") == Double(400 * 4 + 4 * 16) / 8)
    // 7 blocks of 32 for each output.
    #expect(try bytes("mxfp4") == Double(400 * 4 + 14 * 8) / 8)
    // 13 blocks of 16, and 32 bits for the tensor.
    #expect(try bytes("nvfp4") == Double(400 * 4 + 26 * 8 + 32) / 8)
    #expect(try bytes("bf16") == 800)
  }

  @Test("activations take the bits of their format, rounded up to bytes")
  func activations() throws {
    let value = ActivationMemory.Value(elements: 33, layers: [0])
    #expect(value.bytes(at: try width("bf16")) == 66)
    // 33 * 4 + 2 * 8 = 148 bits.
    #expect(value.bytes(at: try width("mxfp4")) == 19)
  }
}
