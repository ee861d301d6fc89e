import FixtureBuilding
import Foundation
import Testing

/// A search on a GPU that multiplies 4-bit with 4-bit and 8-bit with 8-bit operands only, from the command line to the report.
@Suite(.serialized) final class LegalPairsCommandTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  init() throws { temporary = try TemporaryFolder() }

  @Test(
    "methods that draw widths choose pairs of the T4 only, in the log, the policy and the report",
    arguments: ["random", "ddpg", "rule", "auto"])
  func turing(method: String) throws {
    let test = "/usr/share/datasets/fashion-mnist/t10k"
    let run = try ProgramRun(
      [
        "search", "fashion-mobilenet-v1", "--target", try integersOfTuring(), "--weight-bytes", "0.7x",
        "--method",
        method,
        "--evaluations", "8", "--search-samples", "50", "--sensitivity-samples", "1",
        "--final-finetune-samples", "0", "--finalists", "1", "--data",
        "\(test)-images-idx3-ubyte.gz,\(test)-labels-idx1-ubyte.gz", "--validation-share", "0.02",
        "--test-share", "0.02", "-o", "run",
      ], in: folder)
    #expect(run.exitCode == 0, "\(run.errors)")
    let legal: Set = ["W4A4", "W8A8"]

    let report = try json("report.json")
    #expect(report["ending"] as? String == "completed" && report["method"] as? String == method)
    let layers = try #require(report["layers"] as? [[String: Any]])
    #expect(layers.count > 20 && Set(layers.map(Self.pair)).isSubset(of: legal))
    // A pair that is costed as another one would have this key.
    #expect(layers.allSatisfy { $0["costed_as"] == nil })
    #expect(!run.output.contains("costed as"))
    let comparison = try #require(report["comparison"] as? [String: Any])
    let uniform = try #require(comparison["uniform_candidates"] as? [[String: Any]])
    #expect(Set(uniform.compactMap { $0["precision"] as? String }).isSubset(of: legal))

    let episodes = try String(contentsOfFile: "\(folder)/run/episodes.jsonl", encoding: .utf8)
      .split(separator: "\n").map { try object(Data($0.utf8)) }
    #expect(episodes.count == report["episodes"] as? Int && !episodes.isEmpty)
    let log = try episodes.flatMap {
      try #require($0["policy"] as? String).split(separator: " ").map(String.init)
    }
    #expect(Set(log) == legal)
    let policy = try #require(try json("policy.json")["layers"] as? [[String: Any]])
    #expect(policy.map(Self.pair) == layers.map(Self.pair))
  }

  /// The T4 with its integers alone, in the short form of a spec.
  private func integersOfTuring() throws -> String {
    let file = URL(filePath: "\(Places.package)/hardware-specs/nvidia-t4.json")
    var spec = try object(Data(contentsOf: file))
    var capabilities = try #require(spec["capabilities"] as? [String: Any])
    capabilities["precisions"] = nil
    capabilities["weight_bits"] = [4, 8]
    capabilities["activation_bits"] = [4, 8]
    capabilities["pairs"] = "equal"
    spec["capabilities"] = capabilities
    spec["checks"] = try #require(spec["checks"] as? [[String: Any]]).filter { $0["weight_bits"] != nil }
    spec["id"] = "turing-integers"
    let path = "\(folder)/turing-integers.json"
    try JSONSerialization.data(withJSONObject: spec).write(to: URL(filePath: path))
    return path
  }

  private static func pair(_ layer: [String: Any]) -> String {
    "W\(layer["weight_bits"] as? Int ?? 0)A\(layer["activation_bits"] as? Int ?? 0)"
  }

  private func json(_ file: String) throws -> [String: Any] {
    try object(Data(contentsOf: URL(filePath: "\(folder)/run/\(file)")))
  }

  private func object(_ data: Data) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }
}
