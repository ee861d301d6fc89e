import Core
import Documents
import FixtureBuilding
import Foundation
import Testing

final class CommandTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  init() throws {
    temporary = try TemporaryFolder()
  }

  @Test("targets are listed in both formats")
  func targets() throws {
    let text = try ProgramRun(["targets"])
    #expect(text.exitCode == 0)
    #expect(text.output.contains("\nbismo-vu9p "))
    let json = try ProgramRun(["targets", "--format", "json"])
    let ids = try json.document(TargetsDocument.self).targets.map(\.id)
    let specs = try FileManager.default.contentsOfDirectory(atPath: "\(Places.package)/hardware-specs")
    #expect(ids == specs.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted())
  }

  @Test("a bad spec does not hide the good ones, but the exit code says so")
  func badSpec() throws {
    try Data("{".utf8).write(to: URL(filePath: "\(folder)/broken.json"))
    let run = try ProgramRun(
      ["targets"], environment: ["HAQ_TARGETS": "\(folder):\(Places.package)/hardware-specs"])
    #expect(run.output.contains("bismo-vu9p"))
    #expect(run.errors.contains("broken.json:1:1: error: this \"{\" is never closed"))
    #expect(run.exitCode == 1)
  }

  @Test("the edge board's 8-bit total adds up from its layers, and a policy file counts")
  func cost() throws {
    func latencies(_ arguments: [String]) throws -> (layers: [Double], total: Double) {
      let run = try ProgramRun(
        ["cost"] + arguments + ["--target", "bismo-zynq7020", "--format", "json"], in: folder)
      #expect(run.errors == "")
      let document = try run.document(CostDocument.self)
      return (document.layers.compactMap { $0.cost[.latency] }, try #require(document.total[.latency]))
    }
    let network = """
      { "schema": "haq.network/1.0", "name": "two", "layers": [
        { "name": "a", "kind": "fully-connected", "in_channels": 1024, "out_channels": 512 },
        { "name": "b", "kind": "fully-connected", "in_channels": 512, "out_channels": 10 } ] }
      """
    let policy = """
      { "schema": "haq.policy/1.0", "network": { "name": "two" }, "layers": [
        { "name": "a", "weight_bits": 4, "activation_bits": 4 },
        { "name": "b", "weight_bits": 8, "activation_bits": 8 } ] }
      """
    try Data(network.utf8).write(to: URL(filePath: "\(folder)/two.json"))
    try Data(policy.utf8).write(to: URL(filePath: "\(folder)/p.json"))
    let eight = try latencies(["two.json"])
    let four = try latencies(["two.json", "--bits", "W4A4"])
    let mixed = try latencies(["two.json", "--policy", "p.json"])
    #expect(eight.layers.count == 2 && eight.total == eight.layers[0] + eight.layers[1])
    #expect(mixed.layers == [four.layers[0], eight.layers[1]])
    #expect(four.layers[0] < eight.layers[0])
  }

  @Test("a table holds every point, in both forms, and its cells agree")
  func table() throws {
    let arguments = ["table", "build", "mobilenet-v2", "--target", "bismo-vu9p"]
    let csv = try ProgramRun(arguments + ["-o", "c.csv", "--unit", "cycles"], in: folder)
    let npy = try ProgramRun(arguments + ["-o", "c.npy"], in: folder)
    #expect(csv.exitCode == 0 && npy.exitCode == 0, "\(csv.errors)\(npy.errors)")
    let text = String(decoding: try Data(contentsOf: URL(filePath: "\(folder)/c.csv")), as: UTF8.self)
    let lines = text.split(separator: "\n").map { $0.split(separator: ",") }
    let latency = try #require(lines[0].firstIndex(of: "cycles"))
    let rows = lines.dropFirst()
    #expect(rows.count == 53 * 8 * 8)
    // Plugins/bismo/README.md: 12545 cycles x 16 images for the first layer at W1A1.
    #expect(rows.first?[latency] == "200720")
    let cells = try Data(contentsOf: URL(filePath: "\(folder)/c.npy")).suffix(53 * 8 * 8 * 8)
    let values = (0..<53 * 64).map { cell in
      (0..<8).reduce(0) { $0 | Int(cells[cells.startIndex + 8 * cell + $1]) << (8 * $1) }
    }
    #expect(values == rows.compactMap { Int($0[latency]) })
    let left = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(left.sorted() == ["c.csv", "c.npy"])
  }

  @Test(
    "errors name the thing, suggest, and end with 1; a wrong command line ends with 64",
    arguments: [
      (["cost", "mobilenet-v2", "--target", "bismo-vu9"], 1, "Did you mean \"bismo-vu9p\"?"),
      (["cost", "mobilnet-v2", "--target", "bismo-vu9p"], 1, "Did you mean \"mobilenet-v2\"?"),
      (
        ["cost", "none.json", "--target", "bismo-vu9p"], 1,
        "none.json: error: cannot read the file: No such file or directory"
      ),
      (
        ["cost", "mobilenet-v2", "--target", "bismo-vu9p", "--bits", "W9A8"], 1, "and 50 more layers at W9A8"
      ),
      (["cost", "mobilenet-v2", "--target", "bismo-vu9p", "--bits", "W4"], 64, "\"W4\" is not a precision"),
      (
        ["cost", "mobilenet-v2", "--target", "bismo-vu9p", "--batch", "0"], 64,
        "--batch must be 1 to 65536, not 0"
      ),
      (
        ["table", "build", "mobilenet-v2", "--target", "bismo-vu9p", "-o", "x.txt"], 1,
        "x.txt: error: the name of a table ends in .csv, .json or .npy"
      ),
      (
        ["table", "build", "mobilenet-v2", "--target", "bismo-vu9p", "-o", "no/x.csv"], 1,
        "no/x.csv: error: cannot write the file: No such file or directory"
      ),
    ])
  func errors(arguments: [String], exitCode: Int32, message: String) throws {
    let run = try ProgramRun(arguments, in: folder)
    #expect(run.exitCode == exitCode)
    #expect(run.errors.contains(message), "\(run.errors)")
    #expect(run.output == "")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
  }

  @Test("a training that fails leaves the file that it was to replace as it was")
  func failedTraining() throws {
    let earlier = Data("weights of an earlier training".utf8)
    try earlier.write(to: URL(filePath: "\(folder)/v1.onnx"))
    let run = try ProgramRun(
      ["train", "fashion-mobilenet-v1", "--data-folder", "\(folder)/none", "-o", "v1.onnx"], in: folder)
    #expect(run.exitCode == 1)
    #expect(run.errors.contains("apt-get install dataset-fashion-mnist"))
    #expect(try Data(contentsOf: URL(filePath: "\(folder)/v1.onnx")) == earlier)
  }
}
