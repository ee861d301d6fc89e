import Core
import Documents
import Foundation
import Testing

@Suite("Costs of networks as a whole, from the command line")
struct NetworkCostCommandTests {
  private let folder: MeasuredFolder

  init() throws { folder = try MeasuredFolder() }

  /// At W8A8, 1024 multiply-accumulates a cycle: 827 + 276 + 2940 + 166 + 5880 + 313 cycles for an image.
  private static let image = 10_402.0
  private static let slowest = 5_880.0

  @Test("haq cost shows the network's cost and how far the layers' are from it, as calculated by hand")
  func cost() throws {
    let run = try folder.run(["cost", "small.json", "--target", "pipeline-bit-serial", "--format", "json"])
    #expect(run.exitCode == 0, "\(run.errors)")
    let document = try run.document(CostDocument.self)
    let network = (Self.image + 15 * Self.slowest) / 200e6
    let layers = 16 * Self.image / 200e6
    func isClose(_ got: Double?, _ expected: Double) -> Bool {
      got.map { abs($0 - expected) <= 1e-12 * abs(expected) } ?? false
    }
    #expect(isClose(document.total[.latency], network))
    let gaps = try #require(document.networkGap)
    #expect(Array(gaps.keys) == [.latency])
    let gap = try #require(gaps[.latency])
    #expect(isClose(gap.network, network) && isClose(gap.sumOfLayers, layers))
    #expect(isClose(gap.relativeDifference, network / layers - 1))

    let text = try folder.run(["cost", "small.json", "--target", "pipeline-bit-serial"])
    // 98,602 and 166,432 cycles of 5 ns.
    #expect(
      text.output.contains(
        "latency of the network as a whole: 493.0 µs, while its layers add up to 832.2 µs (-40.76 %)"),
      "\(text.output)")
    let additive = try folder.run([
      "cost", "small.json", "--target", "bismo-vu9p", "--format", "json",
    ])
    #expect(try additive.document(CostDocument.self).networkGap == nil)
  }

  @Test(
    "a search's budget is the network's, and one below all that was found is refused before anything runs")
  func budget() throws {
    let run = try folder.run([
      "search", "fashion-mobilenet-v1", "--target", "pipeline-bit-serial", "--latency", "0.001x", "-o", "run",
    ])
    #expect(run.exitCode == 1 && run.output == "")
    #expect(
      run.errors.contains("latency of ") && run.errors.contains("or less was not found"), "\(run.errors)")
    #expect(run.errors.contains("does not prove that there is no such policy"))
  }
}
