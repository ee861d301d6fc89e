import Conformance
import Testing

/// Each fault of Tests/Fixtures/BadPlugins/network.c fails exactly the check that it is named for.
@Suite("Bad plugins with costs of networks")
struct NetworkCheckTests {
  private static func target(_ defines: String..., source: String = "network.c") throws -> CheckedTarget {
    try CheckedTarget(defines: defines, source: source, aggregate: "network")
  }

  @Test(
    "fail exactly the check that they are bad at",
    arguments: [
      ("network-answers", "latency_s of the network, every layer at W8A2, is -"),
      ("network-repeat", "but"),
      ("network-of-one", "latency_s of a network of layer \"convolution 16\" alone, every layer at W2A2, is"),
      ("network-malformed", "for a policy whose last point is of layer 6, not HAQ_ERROR_INVALID"),
    ])
  func exactlyOne(check id: String, says: String) throws {
    let target = try Self.target("FAULT_" + id.uppercased().replacing("-", with: "_"))
    let found = target.run().filter { $0.outcome.isFailure || $0.outcome.word == "warning" }
    #expect(found.map(\.check.id) == [id], "\(found.map { "\($0.check.id): \($0.outcome)" })")
    #expect(found.first?.outcome.reason?.contains(says) == true, "\(found.map(\.outcome))")
  }

  @Test("are told apart from a good one, which passes everything")
  func good() throws {
    for result in try Self.target().run() {
      switch result.outcome {
      case .passed: break
      case .skipped:
        // The plugin says nothing beside its costs.
        #expect(
          ["pin-matches", "parallel-evaluate", "output-widths", "formats"].contains(result.check.id)
            || [.table, .functions, .program, .extensions].contains(result.check.group))
      default: Issue.record("\(result.check.id): \(result.outcome)")
      }
    }
  }

  @Test("are found where a spec wants what the plugin does not offer")
  func absent() throws {
    let outcome = try Self.target(source: "bad.c").outcome(of: "network-answers")
    #expect(outcome.isFailure && outcome.reason?.contains("does not offer haq.network/1") == true)
  }
}
