import Core
import FixtureBuilding
import PluginLoading
import Testing

/// Tests/Fixtures/abi holds plugins of earlier times with their headers, for ever.
@Suite("Plugins of other versions")
struct VersionFixtureTests {
  private func load10(_ source: String, _ defines: [String] = []) throws -> LoadedPlugin {
    try load(defines, source: "../abi/1.0/\(source)")
  }

  private func costs(_ plugin: LoadedPlugin) throws -> [PointOutcome] {
    let model = try PluginCostModel(
      plugin: plugin, targetID: "t", baseDirectory: "/", parameters: [], metrics: [.latency, .energy])
    return try model.outcomes(of: points(1), in: twoLayers)
  }

  /// By hand: the second layer has 16 x 17 products for 5 samples, at W4A6: 16 x 17 x 5 x 24 = 32640.
  private let expected = [PointOutcome.cost(Cost(values: [.latency: 32640 / 1e9, .energy: 32640 * 1e-12]))]

  @Test("a plugin of 1.0 still loads, and costs what it did")
  func one() throws {
    let plugin = try load10("plugin.c")
    #expect(plugin.abi == ABIVersion(major: 1, minor: 0))
    #expect(try costs(plugin) == expected)
  }

  /// 3x3 over 12x12; the sizes agree with each of the windows below.
  private func window(
    output: Int, dilation: Extent = .one, padding: Layer.Padding? = nil, kernel: Int = 3
  ) -> Network {
    Network(
      name: "n", batch: 5,
      layers: [
        Layer(
          name: "conv", kind: .convolution, inputChannels: 1, outputChannels: 1, input: Extent(square: 12),
          output: Extent(square: output), kernel: Extent(square: kernel), dilation: dilation, padding: padding
        )
      ])
  }

  private func costs(_ plugin: LoadedPlugin, of network: Network) throws -> [Double?] {
    let model = try PluginCostModel(
      plugin: plugin, targetID: "t", baseDirectory: "/", parameters: [], metrics: [.latency, .energy])
    let outcomes = try model.outcomes(of: [Point(layer: 0, precision: Precision("W1A1")!)], in: network)
    guard case .cost(let cost)? = outcomes.first else { return [] }
    return [cost[.latency], cost[.energy]]
  }

  @Test("a plugin of 1.0 is not given a layer that it would take for another one")
  func unknownWindows() throws {
    let plugin = try load10("plugin.c")
    let dilated = try message { _ = try costs(plugin, of: window(output: 12, dilation: Extent(square: 2))) }
    #expect(dilated.contains("layer \"conv\" has a dilation of 2x2") && dilated.contains("ABI 1.0"))
    // A causal convolution: all of the padding is before the input.
    let causal = Layer.Padding(top: 2, left: 2, bottom: 0, right: 0)
    let shifted = try message { _ = try costs(plugin, of: window(output: 12, padding: causal)) }
    #expect(shifted.contains("has a padding of 2/2/0/0"))
    // 5 samples of 12 x 12 outputs of 9 taps: 6480 products; of 4 taps: 2880; of one tap, dilated or not: 720.
    #expect(try costs(plugin, of: window(output: 12))[0] == 6480 / 1e9)
    let uneven = Layer.Padding(top: 1, left: 1, bottom: 0, right: 0)
    #expect(try costs(plugin, of: window(output: 12, padding: uneven, kernel: 2))[0] == 2880 / 1e9)
    #expect(try costs(plugin, of: window(output: 12, dilation: Extent(square: 2), kernel: 1))[0] == 720 / 1e9)
  }

  private func rows() -> Network {
    let rows = Extent(height: 7, width: 1)
    return Network(
      name: "rows", batch: 5,
      layers: [
        Layer(
          name: "fc", kind: .fullyConnected, inputChannels: 16, outputChannels: 17, input: rows, output: rows)
      ])
  }

  @Test("rows of a product with weights are its batch, for a plugin of 1.0 too")
  func rowsAreBatch() throws {
    // 5 samples of 7 rows: 35 rows of 16 x 17 products.
    #expect(try costs(load10("plugin.c"), of: rows())[0] == Double(35 * 16 * 17) / 1e9)
    // The plugin of 1.1 writes samples x 1000 + rows.
    #expect(try costs(load11(), of: rows())[1] == 5035)
  }

  private func load11() throws -> LoadedPlugin { try load([], source: "../abi/1.1/plugin.c") }

  @Test("a transformer costs a plugin of 1.0 the rows times samples of every product (H-37)")
  func transformer() throws {
    func product(_ name: String, rows: Int, _ inputs: Int, _ outputs: Int) -> Layer {
      let extent = Extent(height: rows, width: 1)
      return Layer(
        name: name, kind: .fullyConnected, inputChannels: inputs, outputChannels: outputs, input: extent,
        output: extent)
    }
    // A picture of 32 x 32 in patches of 16 x 16, four tokens and one for the class.
    let network = Network(
      name: "vision transformer", batch: 3,
      layers: [
        Layer(
          name: "patches", kind: .convolution, inputChannels: 3, outputChannels: 8, input: Extent(square: 32),
          output: Extent(square: 2), kernel: Extent(square: 16), stride: Extent(square: 16)),
        product("query, key, value", rows: 5, 8, 24), product("mixed", rows: 5, 8, 8),
        product("wider", rows: 5, 8, 32), product("narrower", rows: 5, 32, 8),
        product("classes", rows: 1, 8, 10),
      ])
    // By hand, for one sample: 2 x 2 positions of 16 x 16 x 3 x 8, and rows x inputs x outputs.
    let products = [4 * 16 * 16 * 3 * 8, 5 * 8 * 24, 5 * 8 * 8, 5 * 8 * 32, 5 * 32 * 8, 8 * 10]
    let model = try PluginCostModel(
      plugin: load10("plugin.c"), targetID: "t", baseDirectory: "/", parameters: [], metrics: [.latency])
    let precision = Precision("W4A8")!
    let outcomes = try model.outcomes(
      of: network.layers.indices.map { Point(layer: $0, precision: precision) }, in: network)
    #expect(outcomes.map(\.latencySeconds) == products.map { Double(3 * $0 * 4 * 8) / 1e9 })
  }

  @Test("a transposed convolution costs a plugin of 1.0 its own multiply-accumulates (H-40)")
  func transposed() throws {
    let plugin = try load10("plugin.c")
    for kernel in [3, 4] {
      let layer = Layer(
        name: "up", kind: .transposedConvolution, inputChannels: 8, outputChannels: 4,
        input: Extent(square: 7), output: Extent(square: 14), kernel: Extent(square: kernel),
        stride: Extent(square: 2))
      let network = Network(name: "n", batch: 5, layers: [layer])
      #expect(try costs(plugin, of: network)[0] == Double(5 * 49 * kernel * kernel * 8 * 4) / 1e9)
    }
  }

  @Test("a plugin of 1.1 gets dilation and padding, each in its place")
  func window11() throws {
    let plugin = try load11()
    #expect(plugin.abi == ABIVersion(major: 1, minor: 1))
    // Reaches of 5 and 7: 12 + 1 + 3 - 5 + 1 = 12 high, 12 + 2 + 4 - 7 + 1 = 12 wide.
    let padding = Layer.Padding(top: 1, left: 2, bottom: 3, right: 4)
    let network = window(output: 12, dilation: Extent(height: 2, width: 3), padding: padding)
    #expect(try costs(plugin, of: network)[0] == 231_234)
  }

  @Test("a later plugin with a longer table and unknown extensions loads by what is known of it")
  func later() throws {
    let plugin = try load10("later.c")
    #expect(plugin.abi == ABIVersion(major: 1, minor: 7))
    #expect(try costs(plugin) == expected)
  }

  @Test("a later plugin that needs what we lack is refused by the bit, another major by both versions")
  func refused() throws {
    let feature = try message { _ = try load10("later.c", ["LATER_FEATURE=8"]) }
    #expect(feature.contains("(ABI 1.7) needs features") && feature.contains("bit 3 of required_features"))
    let major = try message { _ = try load10("later.c", ["LATER_MAJOR=2"]) }
    #expect(major.contains("is built for plugin ABI 2.7, this program speaks ABI 1."))
  }
}
