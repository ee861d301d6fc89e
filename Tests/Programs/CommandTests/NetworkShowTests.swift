import FixtureBuilding
import Foundation
import Testing

@Suite("haq network show")
struct NetworkShowTests {
  @Test("with a target it says which layers the target has no cost for")
  func target() throws {
    let folder = try TemporaryFolder()
    // The smallest plugin's target, as if it could run convolutions only.
    let spec = """
      {
        "schema": "haq.target/1.0", "id": "convolver", "name": "n", "version": "1", "summary": "s",
        "sources": "assumption", "batch": 1,
        "capabilities": {
          "layers": ["convolution"], "weight_bits": [8], "activation_bits": [8],
          "pairs": "all", "other_widths": "reject", "metrics": { "latency": { "aggregate": "sum" } }
        },
        "model": { "kind": "plugin", "library": "libminimal.so", "abi": "1.1" }
      }
      """
    try Data(spec.utf8).write(to: URL(filePath: "\(folder.path)/convolver.json"))
    let run = try ProgramRun(
      ["network", "show", "mobilenet-v2", "--target", "./convolver.json"], in: folder.path)
    #expect(run.exitCode == 0, "\(run.errors)")
    // Of MobileNetV2's 100 operations, 17 are depthwise layers, and one is the classifier.
    let lines = [
      "17 of 100 operations: convolver has no depthwise layers",
      "1 of 100 operations: convolver has no fully-connected layers",
    ]
    for line in lines { #expect(run.output.contains("Without cost, \(line)"), "\(run.output)") }
  }

  @Test("a layer list has no operations to show, which is said with what to use instead")
  func layerList() throws {
    let folder = try TemporaryFolder()
    let list = """
      { "schema": "haq.network/1.0", "name": "one", "layers": [
        { "name": "a", "kind": "fully-connected", "in_channels": 8, "out_channels": 4 } ] }
      """
    try Data(list.utf8).write(to: URL(filePath: "\(folder.path)/one.json"))
    let run = try ProgramRun(["network", "show", "one.json"], in: folder.path)
    #expect(run.exitCode == 1)
    #expect(run.errors.hasPrefix("one.json: error: a .json layer list has no connections"), "\(run.errors)")
    // What it recommends works.
    #expect(run.errors.contains("haq cost one.json --target TARGET"))
    let cost = try ProgramRun(["cost", "one.json", "--target", "bismo-vu9p"], in: folder.path)
    #expect(cost.exitCode == 0 && cost.output.contains("\na "), "\(cost.errors)\(cost.output)")
  }

  @Test("an unknown target is named, with the nearest one")
  func unknownTarget() throws {
    let run = try ProgramRun(["network", "show", "mobilenet-v2", "--target", "bismo-vu9"])
    #expect(run.exitCode == 1)
    #expect(run.errors.contains("bismo-vu9p"), "\(run.errors)")
  }
}
