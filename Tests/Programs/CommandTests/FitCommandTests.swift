import Core
import Documents
import FixtureBuilding
import Foundation
import Testing

@Suite("haq fit")
struct FitCommandTests {
  private let folder: MeasuredFolder
  private static let tables = "\(Places.package)/hardware-specs/x86-onnxruntime/tables"

  init() throws { folder = try MeasuredFolder() }

  private func fit(_ output: String, _ arguments: String...) throws -> ProgramRun {
    let tables = ["resnet50", "mobilenet_v2"].map { "\(Self.tables)/\($0).csv" }
    return try folder.run(["fit"] + tables + ["-o", output, "--format", "json"] + arguments)
  }

  @Test("a fitted target is validated on another network, and its costs have intervals")
  func fits() throws {
    let run = try fit("fitted.json", "--force")
    #expect(run.exitCode == 0, "\(run.errors)")
    let document = try run.document(FitDocument.self)
    #expect(document.precisions.map(\.precision) == ["W8A8", "W32A32"])
    #expect(document.precisions.allSatisfy { $0.byTable != nil })
    let validation = try folder.run([
      "validate", "./fitted.json", "--table", "\(Self.tables)/held-out/shufflenet_v2_x1_0.csv", "--format",
      "json",
    ])
    #expect(validation.exitCode == 0, "\(validation.errors)")
    #expect(try validation.document(ValidationDocument.self).intervalCoverage != nil)
    let cost = try folder.run(["cost", "mobilenet-v2", "--target", "./fitted.json", "--format", "json"])
    let costs = try cost.document(CostDocument.self)
    for layer in costs.layers {
      let interval = try #require(layer.interval)
      let latency = try #require(layer.cost[.latency])
      #expect(interval.low < latency && latency < interval.high)
    }
    let whole = try #require(costs.interval)
    let total = try #require(costs.total[.latency])
    #expect(whole.low < total && total < whole.high)
    // Errors of layers cancel in part.
    #expect(
      whole.high - whole.low
        < costs.layers.reduce(0) { $0 + ($1.interval?.high ?? 0) - ($1.interval?.low ?? 0) })
    let text = try folder.run(["cost", "mobilenet-v2", "--target", "./fitted.json"]).output
    #expect(text.contains("90 % interval"))
    #expect(try folder.run(["check", "./fitted.json"]).exitCode == 0)
    // An existing spec is never written over.
    let again = try fit("fitted.json")
    #expect(again.exitCode == 1 && again.errors.contains("exists already"))
  }

  @Test(
    "what is no better than the base on held-out layers is not written, and a changed predictor is refused")
  func refused() throws {
    #expect(try fit("first.json", "--force").exitCode == 0)
    // A target that was fitted to these very layers is better than any fit that does not see them.
    let run = try fit("second.json", "--base", "./first.json")
    #expect(run.exitCode == 1 && run.errors.contains("not better than first"))
    #expect(try !run.document(FitDocument.self).isWritten)
    #expect(throws: (any Error).self) { try folder.read("second.json") }
    let predictor = try folder.read("first/predictor.json")
    try folder.write(predictor.replacing("\"W8A8\"", with: "\"W4A8\""), to: "first/predictor.json")
    let cost = try folder.run(["cost", "mobilenet-v2", "--target", "./first.json"])
    #expect(cost.exitCode == 1 && cost.errors.contains("is not the file that the spec names"))
  }

  @Test("a confidence needs a target that says how sure it is")
  func confidence() throws {
    let run = try folder.run([
      "search", "mobilenet-v2", "--target", "bismo-vu9p", "--latency", "0.6x", "--confidence", "0.9",
    ])
    #expect(run.exitCode == 1 && run.errors.contains("does not say how sure its latencies are"))
    let wrong = try folder.run([
      "search", "mobilenet-v2", "--target", "bismo-vu9p", "--latency", "0.6x", "--confidence", "1",
    ])
    #expect(wrong.exitCode == 64 && wrong.errors.contains("0.5 to 0.999"))
  }
}
