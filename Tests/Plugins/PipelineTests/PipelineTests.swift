import Core
import FixtureBuilding
import PluginDesigns
import PluginLoading
import Specs
import Targets
import Testing

@Suite("The pipeline model")
struct PipelineTests {
  /// Round numbers: a cycle is a second, 1024 single-bit products each.
  static let design = Design(
    library: "libpipeline.so",
    parameters: ["bit_products_per_cycle": .number(1024), "clock_hz": .number(1)], batch: 4)

  static let layers = [
    Layer(name: "wide", kind: .fullyConnected, inputChannels: 64, outputChannels: 16),
    Layer(name: "narrow", kind: .fullyConnected, inputChannels: 16, outputChannels: 10),
  ]

  static func networkCosts(
    _ design: Design = design, of layers: [Layer] = layers, at policies: [Policy],
    metrics: Set<Metric> = [.latency, .weightBytes, .bufferBytes]
  ) throws -> [Cost] {
    let plugin = try LoadedPlugin(path: try Places.builtLibrary(design.library))
    let model = try PluginCostModel(
      plugin: plugin, targetID: "test", baseDirectory: "/",
      parameters: design.parameters.map { Parameter(key: $0.key, value: $0.value) }, metrics: metrics,
      networkMetrics: metrics)
    let network = try #require(model.networkCosts(of: design.network(layers)))
    return try network.costs(of: policies)
  }

  @Test("is the first image through all stages, then the slowest stage for each further one")
  func byHand() throws {
    // 64 x 16 x 4 x 4 = 16384 products: 16 cycles. 16 x 10 x 4 x 4 = 2560: 2.5, so 3 cycles. 16 + 3 + 3 x 16 = 67.
    let four = Policy.uniform(Precision(4, 4), layerCount: 2)
    // 16 x 10 x 8 x 8 = 10240: 10 cycles. 64 x 16 x 2 x 1 = 2048: 2 cycles. 2 + 10 + 3 x 10 = 42.
    let mixed = Policy([Precision(2, 1), Precision(8, 8)])
    let costs = try Self.networkCosts(at: [four, mixed])
    #expect(costs.map { $0[.latency] } == [67, 42])
    // Weights: 512 and 80 bytes; 256 and 160. Buffers, two inputs each: + 2 x 32 and 2 x 8; + 2 x 8 and 2 x 16.
    #expect(costs.map { $0[.weightBytes] } == [592, 416])
    #expect(costs.map { $0[.bufferBytes] } == [592 + 80, 416 + 48])
    // A layer alone takes its images one after another: 4 x 16 and 4 x 3.
    let alone = try Self.design.outcomes(of: Self.layers, at: [Precision(4, 4)])
    #expect(try alone.map { try $0.cost[.latency] } == [64, 12])
  }

  @Test("a stage that multiplies rows does all rows of an image before the next image")
  func rows() throws {
    let rows = Extent(height: 3, width: 1)
    var layers = Self.layers
    layers[0].input = rows
    layers[0].output = rows
    // 3 rows of 16 cycles, then 3 cycles; three more images at the slowest stage: 48 + 3 + 3 x 48.
    let four = Policy.uniform(Precision(4, 4), layerCount: 2)
    let costs = try Self.networkCosts(of: layers, at: [four])
    #expect(costs.map { $0[.latency] } == [195])
    // Weights of 512 and 80 bytes; two inputs of 3 x 32 bytes and two of 8.
    #expect(costs.map { $0[.bufferBytes] } == [592 + 2 * 96 + 16])
  }

  @Test("of one layer is the layer")
  func oneLayer() throws {
    for precision in Precision.allToEight {
      let layer = [Self.layers[0]]
      let alone = try Self.design.outcomes(of: layer, at: [precision])[0].cost
      let network = try Self.networkCosts(of: layer, at: [Policy([precision])])[0]
      #expect(network.values == alone.values)
    }
  }

  /// When the last image leaves the last stage: each stage takes an image when it has arrived and the one before has
  /// left the stage.
  static func simulated(_ stages: [Double], images: Int) -> Double {
    var free = [Double](repeating: 0, count: stages.count)
    var end = 0.0
    for _ in 0..<images {
      end = 0
      for (stage, seconds) in stages.enumerated() {
        end = max(end, free[stage]) + seconds
        free[stage] = end
      }
    }
    return end
  }

  @Test("is what a simulation of images and stages gives", arguments: 1...20)
  func simulation(seed: Int) throws {
    var design = Self.design
    design.batch = seed
    let layers = (0..<5).map {
      Layer(
        name: "fc\($0)", kind: .fullyConnected, inputChannels: (seed * 37 + $0 * 53) % 90 + 1,
        outputChannels: (seed * 71 + $0 * 29) % 90 + 1)
    }
    let policy = Policy((0..<5).map { Precision((seed + 3 * $0) % 8 + 1, (seed * 5 + $0) % 8 + 1) })
    let stages = try layers.indices.map { layer in
      try design.outcomes(of: layers, at: [policy[layer]])[layer].cost[.latency]! / Double(seed)
    }
    let latency = try Self.networkCosts(design, of: layers, at: [policy])[0][.latency]
    #expect(latency == Self.simulated(stages, images: seed))
  }

  @Test("refuses parameters that it does not know or lacks, and ranges")
  func parameters() throws {
    let layer = Self.layers[0]
    #expect(try Self.design.complaint(about: layer) { $0["colour"] = .number(1) }.contains("\"colour\""))
    #expect(try Self.design.complaint(about: layer) { $0["clock_hz"] = nil }.contains("\"clock_hz\""))
    let text = try Self.design.complaint(about: layer) { $0["bit_products_per_cycle"] = .number(0.5) }
    #expect(text.contains("\"bit_products_per_cycle\""))
  }

  @Test("the committed target says the same in a sandbox as in this process")
  func sandboxed() throws {
    let target = try Target(
      file: Places.package + "/hardware-specs/pipeline-bit-serial.json", origin: .commandLine,
      program: try Places.builtLibrary("haq-sandbox"))
    let network = Network(name: "two", batch: target.spec.batch, layers: Self.layers)
    let table = try target.costTable(of: network)
    let policies = [Policy.uniform(.eight, layerCount: 2), Policy([Precision(2, 1), Precision(8, 8)])]
    let here = try Self.networkCosts(
      Design(
        library: "libpipeline.so",
        parameters: ["bit_products_per_cycle": .number(65536), "clock_hz": .number(200e6)], batch: 16),
      at: policies, metrics: [.latency])
    #expect(try table.totals(.latency, of: policies) == here.map { $0[.latency] })
    // By hand: 65536 products are 1 cycle, 10240 are 1: 2 + 15 cycles at 200 MHz.
    #expect(try abs(table.total(.latency, of: policies[0])! - 17 / 200e6) < 1e-20)
    #expect(abs(table.layerSum(.latency, of: policies[0])! - 32 / 200e6) < 1e-20)
  }
}
