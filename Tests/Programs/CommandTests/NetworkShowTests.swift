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
        "model": { "kind": "plugin", "library": "libminimal.so", "abi": "1.0" }
      }
      """
    try Data(spec.utf8).write(to: URL(filePath: "\(folder.path)/convolver.json"))
    let run = try ProgramRun(
      ["network", "show", "mobilenet-v2", "--target", "./convolver.json"], in: folder.path)
    #expect(run.exitCode == 0, "\(run.errors)")
    // 17 depthwise layers and the classifier.
    #expect(run.output.split(separator: "\n").count { $0.contains("convolver") } == 18, "\(run.output)")
  }

  @Test("an unknown target is named, with the nearest one")
  func unknownTarget() throws {
    let run = try ProgramRun(["network", "show", "mobilenet-v2", "--target", "bismo-vu9"])
    #expect(run.exitCode == 1)
    #expect(run.errors.contains("bismo-vu9p"), "\(run.errors)")
  }
}
