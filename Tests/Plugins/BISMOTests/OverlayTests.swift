import Core
import PluginDesigns
import PluginLoading
import RandomNumbers
import Testing

@Suite("The BISMO overlay as built")
struct OverlayTests {
  static let classifier = Layer(
    name: "classifier", kind: .fullyConnected, inputChannels: 1280, outputChannels: 1000)

  /// Stages of one matrix product, counted tile by tile as the overlay's library walks through them.
  struct Walk {
    var cycles = 0
    var fetchedBits = 0
    var executeCycles = 0
    var resultCycles = 0

    init(_ layer: Layer, _ precision: Precision, size: Int, depth: Int, readPort: Int, writePort: Int) {
      let (w, a) = (precision.weight.bits, precision.activation.bits)
      let words = (layer.inputChannels * layer.kernel.area + depth - 1) / depth
      var firstFetch: Int?
      for _ in stride(from: 0, to: layer.output.area, by: size) {
        fetchedBits += size * words * depth * a
        for _ in stride(from: 0, to: layer.outputChannels, by: size) {
          fetchedBits += size * words * depth * w
          if firstFetch == nil { firstFetch = fetchedBits / readPort }
          for _ in 0..<w { for _ in 0..<a { executeCycles += words } }
          resultCycles += (size * size * 32 + writePort - 1) / writePort
        }
      }
      executeCycles += 11
      let lastResult = (size * size * 32 + writePort - 1) / writePort
      let first = firstFetch ?? 0
      let hops = 1 + 2 * size + 1
      cycles =
        first + hops
        + max(fetchedBits / readPort - first, executeCycles, resultCycles - lastResult) + lastResult
    }
  }

  @Test("gives the cycles and bytes of a walk through all tiles, for 200 random layers")
  func agreesWithWalk() throws {
    var design = try Design.spec("bismo-pynq-z1")
    var random = SeededGenerator(seed: 1806)
    var bounds = Set<Breakdown.Bound>()
    for _ in 0..<200 {
      let side = Int.random(in: 1...20, using: &random)
      let kernel = Extent(square: .random(in: 1...3, using: &random))
      let layer = Layer(
        name: "random", kind: .convolution, inputChannels: .random(in: 1...300, using: &random),
        outputChannels: .random(in: 1...300, using: &random), input: Extent(square: side),
        output: Extent(square: side), kernel: kernel)
      let precision = Precision(.random(in: 1...8, using: &random), .random(in: 1...8, using: &random))
      // The board's port of 64 bits never waits for computing: a weight tile takes 32 cycles a bit plane to come,
      // and as many as there are activation bits to compute with.
      let readPort = [64, 1024].randomElement(using: &random)!
      design.parameters["fetch.read_bits_per_cycle"] = .number(Double(readPort))
      let walk = Walk(layer, precision, size: 8, depth: 256, readPort: readPort, writePort: 64)
      let outcome = try design.outcomes(of: [layer], at: [precision])[0]
      #expect(try design.cycles(outcome) == walk.cycles, "\(layer) \(precision)")
      let cost = try outcome.cost
      #expect(cost[.trafficBytes] == Double(walk.fetchedBits + walk.resultCycles * 64) / 8)
      let breakdown = try #require(cost.breakdown)
      #expect(breakdown.computeSeconds == Double(walk.executeCycles) / 200e6)
      bounds.insert(breakdown.bound)
    }
    #expect(bounds.count == 3, "the layers do not reach every bound: \(bounds)")
  }

  @Test("says that a stripe longer than a buffer region does not fit")
  func doesNotFit() throws {
    // A region has 1024 / 4 words; at 8 bits it holds 32 words of 256, and a fetch of 32768 bytes brings
    // 8 rows x 16 words x 32 bytes x 8 bits: 16 words, which are 4096 inputs.
    let design = try Design.spec("bismo-pynq-z1")
    func outcome(inputs: Int) throws -> PointOutcome {
      let layer = Layer(name: "fc", kind: .fullyConnected, inputChannels: inputs, outputChannels: 8)
      return try design.outcomes(of: [layer], at: [.eight])[0]
    }
    #expect(try outcome(inputs: 4096).cost[.weightBytes] == 32_768)
    #expect(try outcome(inputs: 4097) == .doesNotFit)
  }

  @Test("estimates what it takes of its device")
  func resources() throws {
    // 8 x 8 x (1.17 x 256 + 44.1 + 120.1) = 29678.08 look-up tables; 256 / 32 x (8 + 8) block RAMs.
    #expect(
      try Design.spec("bismo-pynq-z1").model().resources(kind: .convolution) == [
        ResourceUse(name: "LUT", used: 29_679, capacity: 53_200),
        ResourceUse(name: "BRAM36", used: 128, capacity: 140),
      ])
    // 10 x 10 x 463.72 and 8 x (10 + 10).
    #expect(
      try Design.spec("bismo-ultra96").model().resources(kind: .convolution) == [
        ResourceUse(name: "LUT", used: 46_372, capacity: 70_560),
        ResourceUse(name: "BRAM36", used: 160, capacity: 216),
      ])
    // HAQ's machine is a simulation, of which nobody said how much of a device it takes.
    #expect(try Design.spec("bismo-vu9p").model().resources(kind: .convolution).isEmpty)
  }

  @Test("refuses an array that its device cannot hold, with both figures")
  func tooLarge() throws {
    let design = try Design.spec("bismo-pynq-z1")
    let array = try design.complaint(about: Self.classifier) {
      $0["array.rows"] = .number(16)
      $0["weights.buffer_words"] = .number(512)
    }
    // 16 x 8 x 463.72 = 59356.16.
    #expect(
      array.contains(
        "the array needs an estimated 59357 LUT, but the device has 53200 (parameter \"device.lut\")"))
    let buffers = try design.complaint(about: Self.classifier) { $0["weights.buffer_words"] = .number(2048) }
    // 8 x (8 x 2 + 8 x 1).
    #expect(buffers.contains("needs an estimated 192 BRAM36, but the device has 140"))
  }

  @Test("has parameters of its own, none of which may be left out")
  func parameters() throws {
    let design = try Design.spec("bismo-pynq-z1")
    #expect(design.parameters.count == 18)
    for key in design.parameters.keys where key != "machine" {
      let complaint = try design.complaint(about: Self.classifier) { $0[key] = nil }
      #expect(complaint.contains("a parameter is missing: parameter \"\(key)\" must be "), "\(complaint)")
    }
    let complaint = try design.complaint(about: Self.classifier) { $0["remainder"] = .text("beats") }
    #expect(complaint.contains("unknown parameter \"remainder\"; bismo has activations.buffer_words, "))
  }
}
