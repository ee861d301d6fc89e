import ConformanceProbes
import Core
import FixtureBuilding
import Isolation
import PluginLoading
import Testing

/// Probes in this process, on the plugin of Tests/Fixtures/BadPlugins, which breaks one rule at a time.
@Suite("Probes of a plugin")
struct ProbeTests {
  private static let layer = Layer(
    name: "classes", kind: .fullyConnected, inputChannels: 64, outputChannels: 16)

  private func verdict(of name: String, fault: String? = nil, metrics: [Metric] = [.latency, .weightBytes])
    throws -> Verdict
  {
    let library = try FixtureLibrary("../BadPlugins/bad.c", defines: fault.map { ["FAULT_\($0)"] } ?? [])
    let plugin = try withExtendedLifetime(library) { try LoadedPlugin(path: $0.path, log: { _ in }) }
    let setup = ModelSetup(
      targetID: "bad", baseDirectory: "/", parameters: [Parameter(key: "scale", value: .number(2))],
      network: Network(name: "one", batch: 2, layers: [Self.layer]))
    let widths = [BitWidth(4)!, BitWidth(8)!]
    return Probe.run(
      ProbeRequest(
        name: name, setup: setup, metrics: metrics, weightWidths: widths, activationWidths: widths, seed: 1),
      on: plugin)
  }

  @Test(
    "pass where the rule is kept", arguments: ["repeat", "order", "wider-not-cheaper", "weights-take-bytes"])
  func kept(_ name: String) throws {
    #expect(try verdict(of: name) == .passed)
  }

  @Test("say which point differs, and by how much")
  func repeated() throws {
    // 64 x 16 products of 4 x 4 bits for 2 samples at 10^12 a second, times 2; the faulty second call doubles it.
    let costs = (first: 65_536e-12, second: 131_072e-12)
    guard case .failed(let reason) = try verdict(of: "repeat", fault: "REPEAT") else {
      Issue.record("a second call with other numbers passed")
      return
    }
    #expect(
      reason
        == "latency_s of layer \"classes\" at W4A4 is \(costs.first), but \(costs.second) at a second call of the same instance"
    )
  }

  @Test("only warn of what real hardware may do")
  func physics() throws {
    // W4A4 as above. W8A4 has twice the products, of which the fault takes an eighth.
    guard case .warning(let reason) = try verdict(of: "wider-not-cheaper", fault: "WIDER_NOT_CHEAPER") else {
      Issue.record("wider weights at an eighth of the cost passed")
      return
    }
    #expect(
      reason == "latency_s of layer \"classes\" at W8A4 is \(16_384e-12), less than the \(65_536e-12) at W4A4"
    )
  }

  @Test("are skipped where the target promises no such metric")
  func skipped() throws {
    #expect(
      try verdict(of: "weights-take-bytes", metrics: [.latency]) == .skipped("there is no weight_bytes"))
  }

  @Test("of no known name fail")
  func unknown() throws {
    #expect(try verdict(of: "dances") == .failed("there is no test dances"))
  }
}
