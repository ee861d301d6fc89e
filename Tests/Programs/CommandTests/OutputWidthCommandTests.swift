import Core
import Documents
import FixtureBuilding
import Foundation
import Testing

/// `nvidia-t4` bills outputs at the width at which they are stored.
@Suite("Costs that depend on the widths of outputs")
struct OutputWidthCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func run(_ arguments: [String]) throws -> ProgramRun { try ProgramRun(arguments, in: folder.path) }

  private func cost(_ network: String, on target: String, _ more: [String]) throws -> CostDocument {
    let run = try run(["cost", network, "--target", target, "--format", "json"] + more)
    try #require(run.exitCode == 0, "\(run.errors)")
    return try run.document(CostDocument.self)
  }

  @Test("a layer's output has the width of the layer that reads it, the last one's 32 bits")
  func cost() throws {
    let layers = try cost("fashion-mobilenet-v1", on: "nvidia-t4", ["--bits", "W4A4"]).layers
    #expect(layers.dropLast().allSatisfy { $0.outputBits == BitWidth(4) })
    let last = try #require(layers.last)
    #expect(last.outputBits == .float)
    // Of 160 inputs at 4 bits and 10 scores of each of 16 images: 160 x 10 / 2 bytes of weights, 16 x 160 / 2 of inputs,
    // 16 x 10 x 4 of scores.
    #expect(last.shape == "160 -> 10")
    #expect(last.cost[.trafficBytes] == Double(800 + 1280 + 640))
    let text = try run(["cost", "fashion-mobilenet-v1", "--target", "nvidia-t4"]).output
    #expect(text.contains("  outputs  "), "\(text)")
    // A target whose costs do not depend on outputs says nothing of them.
    let other = try cost("fashion-mobilenet-v1", on: "bismo-vu9p", [])
    #expect(other.layers.allSatisfy { $0.outputBits == nil })
  }

  @Test("one layer of more bits makes the outputs that it reads wider, and nothing else dearer than it is")
  func mixed() throws {
    let made = try run(["policy", "uniform", "fashion-mobilenet-v1", "--bits", "W4A4", "-o", "p.json"])
    try #require(made.exitCode == 0, "\(made.errors)")
    let narrow = try cost("fashion-mobilenet-v1", on: "nvidia-t4", ["--policy", "p.json"]).layers
    // The third layer at W8A8: its own cost rises, and that of the second, whose output it reads.
    var policy = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: folder.path + "/p.json")))
        as? [String: Any])
    var bits = try #require(policy["layers"] as? [[String: Any]])
    (bits[2]["weight_bits"], bits[2]["activation_bits"]) = (8, 8)
    policy["layers"] = bits
    try JSONSerialization.data(withJSONObject: policy).write(to: URL(filePath: folder.path + "/q.json"))
    let mixed = try cost("fashion-mobilenet-v1", on: "nvidia-t4", ["--policy", "q.json"]).layers
    let changed = narrow.indices.filter { narrow[$0].cost != mixed[$0].cost }
    #expect(changed == [1, 2])
    #expect(mixed.map { $0.outputBits?.bits }.prefix(3) == [4, 8, 4])
    // A depthwise convolution: of each of its outputs twice the bits, half a byte more.
    let traffic = try [narrow, mixed].map { try #require($0[1].cost[.trafficBytes]) }
    let shape = try #require(narrow[1].shape.wholeMatch(of: /.* -> (\d+)x(\d+)x(\d+), .*/))
    let outputs = [shape.1, shape.2, shape.3].compactMap { Double($0) }.reduce(16, *)
    #expect(traffic[1] - traffic[0] == outputs / 2)
  }

  @Test("a built table states the widths, and is a target of the same costs")
  func table() throws {
    let built = try run([
      "table", "build", "fashion-mobilenet-v1", "--target", "nvidia-t4", "-o", "t4.csv",
    ])
    try #require(built.exitCode == 0, "\(built.errors)")
    let made = try run([
      "table", "convert", "t4.csv", "--network", "fashion-mobilenet-v1", "-o", "board.csv", "--as-target",
      "my-board",
    ])
    try #require(made.exitCode == 0, "\(made.errors)")
    for bits in ["W4A4", "W8A8"] {
      let (board, original) = (
        try cost("fashion-mobilenet-v1", on: "./my-board.json", ["--bits", bits]),
        try cost("fashion-mobilenet-v1", on: "nvidia-t4", ["--bits", bits])
      )
      #expect(board.total == original.total)
      #expect(board.layers.map(\.outputBits) == original.layers.map(\.outputBits))
    }
    let check = try run(["check", "./my-board.json"])
    #expect(check.exitCode == 0, "\(check.output)")
    let same = try run([
      "validate", "nvidia-t4", "--table", "t4.csv", "--network", "fashion-mobilenet-v1",
    ])
    #expect(
      same.exitCode == 0 && same.output.contains("Every point is exact"), "\(same.output)\(same.errors)")
    let alone = try run(["validate", "nvidia-t4", "--table", "t4.csv"])
    #expect(alone.output.contains("Every point is exact"), "\(alone.output)\(alone.errors)")
    let array = try run([
      "table", "build", "fashion-mobilenet-v1", "--target", "nvidia-t4", "-o", "t4.npy", "--unit", "seconds",
    ])
    #expect(array.exitCode == 1 && array.errors.contains("has no axis for them"), "\(array.errors)")
  }
}
