import Core
import Networks
import PluginDesigns
import PluginLoading
import Testing

@Suite("What bismo says about unusual layers")
struct LimitTests {
  static func outcome(_ layer: Layer, at precision: Precision = .eight) throws -> PointOutcome {
    try Design.spec("bismo-vu9p").outcomes(of: [layer], at: [precision])[0]
  }

  @Test("does not wrap for the largest dimensions that the ABI can carry")
  func hugeDimensions() throws {
    let huge = Int(UInt32.max)
    let everywhere = Extent(square: huge)
    let convolution = Layer(
      name: "huge", kind: .convolution, inputChannels: huge, outputChannels: huge, input: everywhere,
      output: everywhere, kernel: everywhere)
    #expect(try Self.outcome(convolution) == .unsupported)
    // 2^32 rows alone would be fine; with 2^32 columns their product passes 2^64.
    let matrix = Layer(
      name: "large", kind: .convolution, inputChannels: 1, outputChannels: huge,
      output: Extent(height: huge, width: 100))
    #expect(try Self.outcome(matrix) == .unsupported)
    let depthwise = Layer(
      name: "deep", kind: .depthwise, groups: huge, inputChannels: huge, outputChannels: huge,
      output: everywhere)
    #expect(try Self.outcome(depthwise) == .unsupported)
  }

  @Test("says that a vector longer than its buffer does not fit")
  func doesNotFit() throws {
    // 1024 words of 256 bits hold 128 words at 8 bit: 32768 inputs fit, one more does not.
    let fitting = Layer(name: "fc", kind: .fullyConnected, inputChannels: 32_768, outputChannels: 10)
    var longer = fitting
    longer.inputChannels += 1
    #expect(try Self.outcome(fitting).cost[.weightBytes] == 327_680)
    #expect(try Self.outcome(longer) == .doesNotFit)
  }

  @Test("does not cost products of two activations")
  func matmul() throws {
    let layer = Layer(name: "attention", kind: .matmul, inputChannels: 64, outputChannels: 64)
    #expect(try Self.outcome(layer) == .unsupported)
  }

  @Test("refuses a layer that contradicts itself, by name")
  func inconsistent() throws {
    let layer = Layer(name: "odd one", kind: .convolution, groups: 2, inputChannels: 3, outputChannels: 4)
    let error = #expect(throws: PluginError.self) { try Self.outcome(layer) }
    #expect(error?.description.contains("layer \"odd one\" has a zero dimension, or groups") == true)
  }

  @Test("finds the bounds that the equations imply for MobileNet-V2 in the cloud")
  func bounds() throws {
    let layers = try Architecture.mobileNetV2.graph.network().layers
    let outcomes = try Design.spec("bismo-vu9p").outcomes(of: layers, at: Precision.allToEight)
    func bound(_ layer: Int, _ precision: Precision) throws -> Breakdown.Bound? {
      try outcomes[layer * 64 + Precision.allToEight.firstIndex(of: precision)!].cost.breakdown?.bound
    }
    // First layer: 2 w tile products against 16 streaming cycles, per activation tile and bit.
    #expect(try bound(0, Precision(7, 3)) == .activationTraffic)
    #expect(try bound(0, Precision(8, 3)) == .compute)
    // Classifier: one column tile, so 63 a products against 1000 streaming cycles, per word and weight bit.
    for precision in Precision.allToEight { #expect(try bound(52, precision) == .weightTraffic) }
    // Depthwise: one row tile, so w products against 16 streaming cycles; w is at most 8.
    for (index, layer) in layers.enumerated() where layer.kind == .depthwise {
      for precision in Precision.allToEight { #expect(try bound(index, precision) != .compute) }
    }
  }

  @Test("gives the same cells for a point alone, repeated, and in any order")
  func pure() throws {
    let layers = try Architecture.mobileNetV2.graph.network().layers
    let design = try Design.spec("bismo-zynq7020")
    let forward = try design.outcomes(of: layers, at: Precision.allToEight)
    let points = layers.indices.flatMap { layer in
      Precision.allToEight.map { Point(layer: layer, precision: $0) }
    }
    let network = Network(name: "v2", batch: design.batch, layers: layers)
    let backward = try design.model().outcomes(of: points.reversed() + points, in: network)
    #expect(backward == forward.reversed() + forward)
    #expect(try design.model().outcomes(of: [points[777]], in: network) == [forward[777]])
  }
}
