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
