import Core
import FixtureBuilding
import PluginLoading
import Testing

@Suite("Costs of networks as a whole, rule H-32")
struct NetworkExtensionTests {
  /// In a network of two layers.
  static func policy(_ first: String, _ second: String) -> Policy {
    Policy([Precision(first)!, Precision(second)!])
  }

  static func costs(of policies: [Policy], _ defines: String...) throws -> [Double?] {
    let plugin = try load(defines, source: "network.c")
    let model = try PluginCostModel(
      plugin: plugin, targetID: "some-target", baseDirectory: "/", parameters: [], metrics: [.latency],
      networkMetrics: [.latency])
    let network = try #require(model.networkCosts(of: twoLayers))
    return try network.costs(of: policies).map { $0[.latency] }
  }

  @Test("are those of the plugin, policy by policy")
  func costs() throws {
    // The widest of the two layers' weights, by the fixture's definition.
    let policies = [
      Self.policy("W2A8", "W3A8"), Self.policy("W7A1", "W1A8"), Self.policy("W4A4", "W4A4"),
    ]
    #expect(try Self.costs(of: policies) == [3, 7, 4])
    #expect(try Self.costs(of: []) == [])
  }

  @Test("depend on the widths of outputs where the plugin asks for them, rule H-41")
  func outputs() throws {
    var network = twoLayers
    network.outputReaders = [[1], []]
    func costs(_ defines: String...) throws -> [Double?] {
      let plugin = try load(["NETWORK_CELL=outputs"] + defines, source: "network.c")
      let model = try PluginCostModel(
        plugin: plugin, targetID: "some-target", baseDirectory: "/", parameters: [], metrics: [.latency],
        networkMetrics: [.latency])
      let whole = try #require(model.networkCosts(of: network))
      return try whole.costs(of: [Self.policy("W4A8", "W4A6"), Self.policy("W4A8", "W4A3")])
        .map { $0[.latency] }
    }
    // The first output is read at 6 and at 3 bits, the second by nobody: 6 + 32, 3 + 32.
    #expect(try costs("NETWORK_FLAGS=HAQ_USES_OUTPUT_BITS") == [38, 35])
    #expect(try costs() == [0, 0])
  }

  @Test("of more policies than one call may have come in several calls")
  func manyPolicies() throws {
    // 40,000 policies of two layers are 80,000 points, of which 65,536 may be in one call.
    let policies = (0..<40_000).map { Self.policy("W\($0 % 8 + 1)A8", "W1A8") }
    #expect(try Self.costs(of: policies) == (0..<40_000).map { Double($0 % 8 + 1) })
  }

  @Test("are absent where no metric asks for them")
  func unasked() throws {
    let model = try model(of: try load([], source: "network.c"))
    #expect(model.networkCosts(of: twoLayers) == nil)
  }

  static let faults: [(define: String, says: String)] = [
    (
      "NETWORK_CELL=(0.0/0.0)",
      "plugin test.network 1 is faulty: latency_s of network \"two layers\" as a whole, every layer at W4A4, is nan"
    ),
    (
      "NETWORK_CELL=-1",
      "latency_s of network \"two layers\" as a whole, every layer at W4A4, is -1.0, outside"
    ),
    ("NETWORK_CELL=(1/0.0)", "is inf, outside 0 ... 1e15"),
    ("NETWORK_CELL=2e15", "is 2000000000000000.0, outside 0 ... 1e15"),
    (
      "NETWORK_CELL=(p==1?-1:widest)",
      "latency_s of network \"two layers\" as a whole, layers at W2A8, W3A8, is -1.0, outside"
    ),
    ("NETWORK_ANSWERED=1", "status of network \"two layers\" as a whole, layers at W2A8, W3A8, was not set"),
    ("NETWORK_STATUS=HAQ_POINT_DOES_NOT_FIT", "status of network \"two layers\" as a whole"),
    ("NETWORK_STATUS=7", "is 7, but must be HAQ_POINT_OK"),
    (
      "NETWORK_CODE=HAQ_ERROR_INTERNAL",
      "failed in network for target some-target (internal): the network gave up"
    ),
    ("NETWORK_SIZE=8", "haq.network/1.struct_size is 8, less than the 16 of ABI 1.0"),
    ("NETWORK_EVALUATE=NULL", "evaluate of haq.network/1 is NULL"),
    (
      "NETWORK_ID=\"haq.other/1\"",
      "plugin test.network 1 does not offer haq.network/1, which metrics with \"aggregate\": \"network\" need: latency"
    ),
  ]

  @Test("that are wrong are reported with plugin, metric and network", arguments: faults)
  func faulty(define: String, says: String) throws {
    let policies = [Self.policy("W4A4", "W4A4"), Self.policy("W2A8", "W3A8")]
    let text = try message { _ = try Self.costs(of: policies, define) }
    #expect(text.contains(says), "\(text)")
  }
}
