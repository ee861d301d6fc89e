import Core
import PluginDesigns
import RandomNumbers
import Testing

@Suite("The plugin against a step-by-step twin")
struct TwinTests {
  /// A small machine, a batch, and a layer for it.
  struct Case {
    var twin: BlockTwin
    var channelsPerPass: Int
    var convolutionInColumns: Bool
    var fullyConnectedInColumns: Bool
    var batch: Int
    var layer: Layer

    var design: Design {
      func word(_ yes: Bool, _ words: (String, String)) -> Parameter.Value { .text(yes ? words.0 : words.1) }
      let batching = ("columns", "one-by-one")
      return Design(
        library: "libbismo.so",
        parameters: [
          "machine": .text("streams"), "clock_hz": .number(200e6),
          "array.rows": .number(Double(twin.weights.lanes)),
          "array.columns": .number(Double(twin.activations.lanes)),
          "array.depth_bits": .number(Double(twin.depth)),
          "weights.buffer_words": .number(Double(twin.weights.bufferWords)),
          "activations.buffer_words": .number(Double(twin.activations.bufferWords)),
          "weights.stream_bits_per_cycle": .number(Double(twin.weights.bitsPerCycle)),
          "activations.stream_bits_per_cycle": .number(Double(twin.activations.bitsPerCycle)),
          "remainder": word(twin.fullWords, ("full-word", "beats")),
          "depthwise.channels_per_pass": .number(Double(channelsPerPass)),
          "batching.convolution": word(convolutionInColumns, batching),
          "batching.fully_connected": word(fullyConnectedInColumns, batching),
        ], batch: batch)
    }
  }

  static func cases(_ count: Int) -> [Case] {
    var random = SeededGenerator(seed: 2019)
    func path() -> BlockTwin.Path {
      BlockTwin.Path(
        lanes: .random(in: 1...4, using: &random), bufferWords: .random(in: 1...40, using: &random),
        bitsPerCycle: .random(in: 1...9, using: &random))
    }
    return (0..<count).map { _ in
      let twin = BlockTwin(
        depth: .random(in: 1...8, using: &random), weights: path(), activations: path(),
        fullWords: .random(using: &random))
      return Case(
        twin: twin, channelsPerPass: .random(in: 1...twin.weights.lanes, using: &random),
        convolutionInColumns: .random(using: &random), fullyConnectedInColumns: .random(using: &random),
        batch: .random(in: 1...3, using: &random), layer: layer(&random))
    }
  }

  static func layer(_ random: inout SeededGenerator) -> Layer {
    let channels = Int.random(in: 1...9, using: &random)
    let extent = Extent(height: .random(in: 1...4, using: &random), width: .random(in: 1...4, using: &random))
    let kernel = Extent(height: .random(in: 1...3, using: &random), width: .random(in: 1...2, using: &random))
    switch Int.random(in: 0..<3, using: &random) {
    case 0:
      return Layer(
        name: "depthwise", kind: .depthwise, groups: channels, inputChannels: channels,
        outputChannels: channels, input: extent, output: extent, kernel: kernel)
    case 1:
      let groups = Int.random(in: 1...3, using: &random)
      return Layer(
        name: "convolution", kind: .convolution, groups: groups, inputChannels: groups * channels,
        outputChannels: groups * Int.random(in: 1...9, using: &random), input: extent, output: extent,
        kernel: kernel)
    default:
      return Layer(
        name: "fully connected", kind: .fullyConnected, inputChannels: channels * 3,
        outputChannels: .random(in: 1...20, using: &random))
    }
  }

  /// Runs every product of a layer one after another; nil when it does not fit.
  static func totals(_ test: Case, _ precision: Precision) -> BlockTwin.Totals? {
    let layer = test.layer
    let inColumns =
      layer.kind == .fullyConnected ? test.fullyConnectedInColumns : test.convolutionInColumns
    var totals = BlockTwin.Totals()
    for _ in 0..<(inColumns ? 1 : test.batch) {
      for rows in passes(of: layer, channelsPerPass: test.channelsPerPass) {
        let perRow = layer.inputChannels / layer.groups * layer.kernel.area
        let fits = test.twin.add(
          rows: rows, reduction: layer.kind == .depthwise ? rows * perRow : perRow,
          columns: layer.output.area * (inColumns ? test.batch : 1), weightBits: precision.weight.bits,
          activationBits: precision.activation.bits, to: &totals)
        guard fits else { return nil }
      }
    }
    return totals
  }

  /// Rows of each product of one image: channels of each pass, or output channels of each group.
  static func passes(of layer: Layer, channelsPerPass: Int) -> [Int] {
    guard layer.kind == .depthwise else {
      return Array(repeating: layer.outputChannels / layer.groups, count: layer.groups)
    }
    return stride(from: 0, to: layer.groups, by: channelsPerPass).map {
      min(channelsPerPass, layer.groups - $0)
    }
  }

  @Test("gives the twin's cycles, beats and tile products for 600 random machines and layers")
  func agreesWithTwin() throws {
    let precisions = [Precision(1, 1), Precision(1, 4), Precision(3, 1), Precision(2, 3), Precision(4, 2)]
    var fitting = 0
    var compared = Set<Layer.Kind>()
    for test in Self.cases(600) {
      let design = test.design
      let outcomes = try design.outcomes(of: [test.layer], at: precisions)
      for (precision, outcome) in zip(precisions, outcomes) {
        guard let totals = Self.totals(test, precision) else {
          #expect(outcome == .doesNotFit, "\(test) \(precision)")
          continue
        }
        fitting += 1
        compared.insert(test.layer.kind)
        let cost = try outcome.cost
        let cycles = try design.cycles(outcome)
        #expect(cycles == min(totals.rowOrder, totals.columnOrder), "\(test) \(precision)")
        let streamedBits =
          totals.weightBeats * test.twin.weights.bitsPerCycle
          + totals.activationBeats * test.twin.activations.bitsPerCycle
        #expect(cost[.trafficBytes] == Double(streamedBits) / 8)
        #expect(
          cost[.weightBytes] == Double((test.layer.weightCount * precision.weight.bits + 7) / 8))
        let breakdown = try #require(cost.breakdown)
        #expect(breakdown.computeSeconds == Double(totals.tileProducts) / 200e6)
        #expect(breakdown.weightTrafficSeconds == Double(totals.weightBeats) / 200e6)
        #expect(breakdown.activationTrafficSeconds == Double(totals.activationBeats) / 200e6)
        #expect(breakdown.bound == Self.bound(of: totals))
      }
    }
    // Guards the test itself: a good share must fit, and each kind must have been seen.
    #expect(fitting > 1_000)
    #expect(compared == [.convolution, .depthwise, .fullyConnected])
  }

  static func bound(of totals: BlockTwin.Totals) -> Breakdown.Bound {
    let longest = max(totals.tileProducts, totals.weightBeats, totals.activationBeats)
    if totals.tileProducts == longest { return .compute }
    return totals.activationBeats == longest ? .activationTraffic : .weightTraffic
  }
}
