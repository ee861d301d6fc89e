import Core
import PluginDesigns
import PluginLoading
import Testing

@Suite("What bitfusion refuses")
struct LimitTests {
  static let layer = Layer(name: "classifier", kind: .fullyConnected, inputChannels: 4, outputChannels: 4)

  static func outcome(_ layer: Layer, at precision: Precision = .eight) throws -> PointOutcome {
    try Design.spec("bitfusion-eyeriss").outcomes(of: [layer], at: [precision])[0]
  }

  @Test("does not cost widths above its widest, nor products of two activations")
  func unsupported() throws {
    #expect(try Self.outcome(Self.layer, at: Precision(9, 8)) == .unsupported)
    #expect(try Self.outcome(Self.layer, at: Precision(8, 16)) == .unsupported)
    let attention = Layer(name: "attention", kind: .matmul, inputChannels: 64, outputChannels: 64)
    #expect(try Self.outcome(attention) == .unsupported)
  }

  @Test("does not wrap for the largest dimensions that the ABI can carry")
  func huge() throws {
    let huge = Int(UInt32.max)
    let everywhere = Extent(square: huge)
    let layer = Layer(
      name: "huge", kind: .convolution, inputChannels: huge, outputChannels: huge, input: everywhere,
      output: everywhere, kernel: everywhere, stride: everywhere)
    #expect(try Self.outcome(layer) == .unsupported)
    // Each channel's problem is small; 2^32 of them pass what a cell may hold.
    let deep = Layer(
      name: "deep", kind: .depthwise, groups: huge, inputChannels: huge, outputChannels: huge,
      input: Extent(square: 256), output: Extent(square: 256), kernel: Extent(square: 3))
    #expect(try Self.outcome(deep) == .unsupported)
  }

  @Test("says that a layer whose smallest tile exceeds half a buffer does not fit")
  func doesNotFit() throws {
    // Kernels are not cut, and inside a network the smallest tile has 32 output channels: of 64 x 32 taps at
    // 8 bit that is 524288 bits, and half of 65536 bytes is 262144.
    func layer(kernel: Int) -> Layer {
      Layer(
        name: "wide", kind: .convolution, inputChannels: 1, outputChannels: 32,
        kernel: Extent(height: kernel, width: 32))
    }
    #expect(try Self.outcome(layer(kernel: 32)).cost[.weightBytes] == 32 * 32 * 32)
    var design = try Design.spec("bitfusion-eyeriss")
    design.parameters["im2col_layers"] = .number(0)
    #expect(try design.outcomes(of: [layer(kernel: 64)], at: [.eight]) == [.doesNotFit])
  }

  @Test("refuses a layer that contradicts itself, by name")
  func inconsistent() throws {
    let odd = Layer(name: "odd one", kind: .convolution, groups: 2, inputChannels: 3, outputChannels: 4)
    let error = #expect(throws: PluginError.self) { try Self.outcome(odd) }
    #expect(error?.description.contains("layer \"odd one\" has a zero dimension, or groups") == true)
  }

  static func complaint(_ change: (inout [String: Parameter.Value]) -> Void) throws -> String {
    try Design.spec("bitfusion-eyeriss").complaint(about: layer, after: change)
  }

  @Test("has no parameter that may be left out, and no others")
  func parameters() throws {
    let keys = try Design.spec("bitfusion-eyeriss").parameters.keys.sorted()
    #expect(keys.count == 19)
    for key in keys {
      let complaint = try Self.complaint { $0[key] = nil }
      #expect(complaint.contains("(invalid): a parameter is missing: parameter \"\(key)\" must be "))
    }
    let complaint = try Self.complaint { $0["array.row"] = .number(1) }
    #expect(complaint.contains("unknown parameter \"array.row\"; bitfusion has array.columns, "))
    #expect(complaint.hasSuffix("weights.write_j_per_bit"))
  }

  static let illegalValues: [(key: String, value: Parameter.Value, says: String)] = [
    ("array.rows", .number(1), "must be a whole number from 2 to 65536"),
    ("array.columns", .number(2.5), "must be a whole number from 1 to 65536"),
    ("array.core_j_per_cycle", .number(-1e-12), "must be a number from 0 to 1"),
    ("precision.max_bits", .number(17), "must be a whole number from 1 to 16"),
    ("precision.min_bits", .number(9), "must be at most precision.max_bits, 8"),
    ("outputs.buffer_bytes", .number(0), "must be a whole number from 1 to 4294967296"),
    ("dram.j_per_bit", .number(.nan), "must be a number from 0 to 1"),
    ("depthwise", .text("Packed"), "must be \"packed\" or \"repeat\""),
    ("im2col_layers", .number(-1), "must be a whole number from 0 to 65536"),
  ]

  @Test("names an illegal parameter and what is allowed", arguments: illegalValues)
  func illegal(key: String, value: Parameter.Value, says: String) throws {
    let complaint = try Self.complaint { $0[key] = value }
    #expect(complaint.contains("parameter \"\(key)\" \(says)"), "\(complaint)")
  }
}
