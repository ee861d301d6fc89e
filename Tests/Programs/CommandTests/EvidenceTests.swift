import Core
import Documents
import Foundation
import Testing
import Validation

@Suite("Evidence in reports")
struct EvidenceTests {
  private let folder: MeasuredFolder

  init() throws { folder = try MeasuredFolder() }

  @Test(
    "every report with costs says that they are inferred",
    arguments: [
      ["cost", "small.json"], ["cost", "small.json", "--explain", "stem"],
      ["table", "build", "small.json", "-o", "edge.csv"],
      ["policy", "validate", "w4a4.json", "small.json"],
      ["transfer", "w4a4.json", "--network", "small.json"],
    ])
  func inferred(arguments: [String]) throws {
    let policy = try folder.run(["policy", "uniform", "small.json", "--bits", "W4A4", "-o", "w4a4.json"])
    try #require(policy.exitCode == 0, "\(policy.errors)")
    let option = arguments[0] == "transfer" ? "--targets" : "--target"
    func report(on target: String, _ more: [String] = []) throws -> String {
      let run = try folder.run(arguments + [option, target] + more)
      try #require(run.exitCode == 0, "\(run.errors)")
      return run.output
    }
    #expect(try report(on: "bismo-zynq7020").contains("The costs of bismo-zynq7020 are inferred: streams,"))
    #expect(
      try report(on: "bismo-ultra96").contains("The costs of bismo-ultra96 are unvalidated: a composition"))
    #expect(try !report(on: "bismo-vu9p").contains("The costs of"))
  }

  @Test("reports for programs have the status and the statement")
  func machineReadable() throws {
    let run = try folder.run(["cost", "small.json", "--target", "bismo-zynq7020", "--format", "json"])
    let target = try #require(try folder.json(run.output)["target"] as? [String: Any])
    let evidence = try #require(target["evidence"] as? [String: String])
    #expect(evidence["status"] == "inferred")
    #expect(evidence["statement"]?.contains("at most 0.060 %") == true)
  }

  @Test("the errors in the statements of fitted targets are those against the tables that their specs name")
  func fitted() throws {
    let run = try folder.run(["validate", "--all", "--format", "json"])
    let document = try run.document(ReferenceValidationsDocument.self)
    for (target, points, error) in [("nvidia-t4-hawq", 38, "5.9 %"), ("nvidia-t4-hawq-tvm", 22, "9.3 %")] {
      let row = try #require(document.rows.first { $0.target == target })
      let evidence = try #require(row.evidence)
      #expect(evidence.status == .inferred && evidence.statement.contains("\(error) off these"))
      let statistics = try #require(row.statistics)
      #expect(statistics.count == points)
      #expect(String(format: "%.1f %%", statistics.meanAbsoluteError * 100) == error)
    }
  }

  @Test("pictures say it in their titles")
  func pictures() throws {
    let run = try folder.run([
      "cost", "small.json", "--target", "bismo-zynq7020", "--chart", "edge.svg",
    ])
    try #require(run.exitCode == 0, "\(run.errors)")
    #expect(try folder.read("edge.svg").contains("small on bismo-zynq7020 (inferred), batch 1"))
  }

  @Test("a calibrated spec is a fit, whatever the spec was that it began with")
  func calibrated() throws {
    let run = try folder.run([
      "calibrate", "bismo-vu9p", "--table", "exact.csv", "--fit", "clock_hz=100e6:400e6", "--evaluations",
      "100", "-o", "fitted.json",
      // The spec is exact, so that no fit is better.
      "--force",
    ])
    try #require(run.exitCode == 0, "\(run.errors)")
    let cost = try folder.run(["cost", "small.json", "--target", "./fitted.json"])
    #expect(
      cost.output.contains(
        "The costs of fitted are inferred: parameters were fitted to the latency of exact.csv"))
  }
}
