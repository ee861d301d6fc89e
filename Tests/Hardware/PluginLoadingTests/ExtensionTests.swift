import Core
import FixtureBuilding
import PluginLoading
import Testing

@Suite("Components and resources, rules H-34 and H-35")
struct ExtensionTests {
  static let layer = Layer(name: "fc", kind: .fullyConnected, inputChannels: 1, outputChannels: 1)
  static let network = Network(name: "n", layers: [layer])

  static func model(_ defines: String...) throws -> PluginCostModel {
    let library = try FixtureLibrary("extensions.c", defines: defines)
    let plugin = try withExtendedLifetime(library) { try LoadedPlugin(path: library.path) }
    return try PluginCostModel(
      plugin: plugin, targetID: "t", baseDirectory: "/", parameters: [], metrics: [.latency])
  }

  static func points(weights: Int...) -> [Point] {
    weights.map { Point(layer: 0, precision: Precision(weight: BitWidth($0)!, activation: .eight)) }
  }

  @Test("gives every component of costed points, and nothing for others")
  func components() throws {
    let table = try #require(
      try Self.model().components(of: Self.points(weights: 2, 3, 4), in: Self.network))
    #expect(
      table.components == [
        Component(name: "first", unit: .seconds, metric: .latency),
        Component(name: "second", unit: .seconds, metric: .latency),
        Component(name: "beside", unit: .bytes, metric: nil),
      ])
    #expect(table.values == [[0.25, 0.75, 2], nil, [0.25, 0.75, 4]])
    #expect(table[2, "beside"] == 4)
    #expect(table[1, "beside"] == nil)
    #expect(table[0, "absent"] == nil)
  }

  static let faults: [(define: String, says: String)] = [
    ("SECOND_VALUE=0.5", "latency_s of layer \"fc\" at W2A8 is 1.0, but its components add up to 0.75"),
    ("SECOND_VALUE=(0.0/0.0)", "component second of layer \"fc\" at W2A8 is nan"),
    ("SECOND_NAME=\"first\"", "haq.components/1 lists a name twice"),
    ("SECOND_NAME=\"\"", "lists a name of 0 bytes, not of 1 to 64"),
    ("COMPONENT_UNIT=\"ms\"", "component \"second\" has a unit other than s, J and B"),
    ("COMPONENT_UNIT=\"J\"", "component \"second\" is in J, but part of latency_s"),
    (
      "COMPONENT_COLUMN=HAQ_ENERGY",
      "component \"second\" is part of a column that the plugin does not provide"
    ),
    ("COMPONENT_COUNT=257", "haq.components/1 lists 257 entries, of at most 256"),
    ("STRUCT_SIZE=16", "haq.components/1.struct_size is 16, less than the 24 of ABI 1.0"),
  ]

  @Test("names what is wrong with a list or a value", arguments: faults)
  func faulty(define: String, says: String) throws {
    let model = try Self.model(define)
    let error = #expect(throws: PluginError.self) {
      try model.components(of: Self.points(weights: 2), in: Self.network)
    }
    #expect(error?.description.contains(says) == true, "\(String(describing: error))")
  }

  @Test("gives what a target takes of its device, and refuses what does not fit")
  func resources() throws {
    #expect(
      try Self.model().resources(kind: .fullyConnected) == [
        ResourceUse(name: "LUT", used: 40, capacity: 100)
      ])
    let model = try Self.model("RESOURCE_USED=101")
    let error = #expect(throws: PluginError.self) { try model.resources(kind: .fullyConnected) }
    #expect(error?.description.contains("resource \"LUT\" uses 101.0 of 100.0") == true)
  }

  @Test("has nothing to say about a plugin without these extensions")
  func absent() throws {
    let library = try FixtureLibrary()
    let plugin = try withExtendedLifetime(library) { try LoadedPlugin(path: library.path) }
    #expect(plugin.provides.contains(.latency))
    let model = try PluginCostModel(
      plugin: plugin, targetID: "t", baseDirectory: "/", parameters: [], metrics: [.latency])
    #expect(try model.components(of: Self.points(weights: 2), in: Self.network) == nil)
    #expect(try model.resources(kind: .fullyConnected).isEmpty)
  }
}
