import Core
import Isolation
import PluginLoading
import Testing

@Suite("A library that is asked about networks in its sandbox")
struct NetworkMisbehaviourTests {
  private static let policies = ["W2A8", "W7A8"].map { Policy.uniform(Precision($0)!, layerCount: 2) }

  private static func costs(_ defines: [String] = [], timeoutSeconds: Double = 30) throws -> [Double?] {
    let library = try sandboxed(defines, source: "network.c", timeoutSeconds: timeoutSeconds)
    let model = try PluginCostModel(
      library: library, targetID: "some-target", baseDirectory: "/", parameters: [], metrics: [.latency],
      networkMetrics: [.latency])
    // Costs of layers before those of the network, as a cost table asks.
    #expect(try model.outcomes(of: twelvePoints, in: twoLayers).count == 12)
    let network = try #require(model.networkCosts(of: twoLayers))
    _ = try network.costs(of: [policies[0]])
    return try network.costs(of: policies).map { $0[.latency] }
  }

  @Test("answers as it does in this process")
  func answers() throws { #expect(try Self.costs() == [2, 7]) }

  private static let asked =
    "plugin test.network 1, asked for latency_s of network \"two layers\" as a whole, "

  static let faults: [(define: String, says: String)] = [
    ("NETWORK_CELL=(p==1?(raise(SIGSEGV),1):1)", asked + "crashed (SIGSEGV"),
    ("NETWORK_CELL=(p==1?(abort(),1):1)", asked + "aborted (SIGABRT) in network"),
    ("NETWORK_CELL=(p==1?(exit(3),1):1)", asked + "called exit(3) in network"),
    (
      "NETWORK_CELL=(printf(\"hello\"),1)",
      asked + "is faulty: it wrote to standard output in network: \"hello\""
    ),
    (
      "NETWORK_CELL=(p==1?0.0/0.0:1)",
      "plugin test.network 1 is faulty: latency_s of network \"two layers\" as a whole, every layer at W7A8, is nan"
    ),
    (
      "NETWORK_ANSWERED=1",
      "plugin test.network 1 is faulty: status of network \"two layers\" as a whole, every layer at W7A8, was not set"
    ),
    (
      "NETWORK_CODE=(policy_count>1?HAQ_ERROR_INTERNAL:HAQ_OK)",
      "plugin test.network 1 failed in network for target some-target (internal): the network gave up"
    ),
    ("NETWORK_ID=\"haq.other/1\"", "plugin test.network 1 does not offer haq.network/1"),
  ]

  @Test("is reported with its name, the metric and the network", arguments: faults)
  func isTold(define: String, says: String) {
    let text = message { _ = try Self.costs([define]) }
    #expect(text.hasPrefix(says), "\(text)")
  }

  @Test("is ended when it does not return in time")
  func loops() {
    let text = message { _ = try Self.costs(["NETWORK_CELL=({while(p==1);1;})"], timeoutSeconds: 0.4) }
    #expect(text.hasPrefix(Self.asked + "did not return from network within 0.4 s and was ended"), "\(text)")
  }
}
