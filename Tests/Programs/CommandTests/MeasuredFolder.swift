import FixtureBuilding
import Foundation
import RandomNumbers
import Testing

/// A folder with a small network and a table of its costs on `bismo-vu9p`, which tests then spoil.
final class MeasuredFolder {
  private let temporary: TemporaryFolder
  var path: String { temporary.path }

  /// Six layers of three kinds, at the batch of the target.
  static let network = """
    { "schema": "haq.network/1.0", "name": "small", "layers": [
      { "name": "stem", "kind": "convolution", "in_channels": 3, "out_channels": 40, "input": 56, "output": 28,
        "kernel": 3, "stride": 2 },
      { "name": "deep", "kind": "depthwise", "in_channels": 40, "out_channels": 40, "input": 28, "output": 28,
        "kernel": 3 },
      { "name": "point", "kind": "convolution", "in_channels": 40, "out_channels": 96, "input": 28, "output": 28,
        "kernel": 1 },
      { "name": "deeper", "kind": "depthwise", "in_channels": 96, "out_channels": 96, "input": 28, "output": 14,
        "kernel": 3, "stride": 2 },
      { "name": "wide", "kind": "convolution", "in_channels": 96, "out_channels": 320, "input": 14, "output": 14,
        "kernel": 1 },
      { "name": "classes", "kind": "fully-connected", "in_channels": 320, "out_channels": 1000 } ] }
    """

  init() throws {
    temporary = try TemporaryFolder()
    try write(Self.network, to: "small.json")
    let run = try run(["table", "build", "small.json", "--target", "bismo-vu9p", "-o", "exact.csv"])
    try #require(run.exitCode == 0, "\(run.errors)")
  }

  func run(_ arguments: [String]) throws -> ProgramRun { try ProgramRun(arguments, in: path) }

  func write(_ text: String, to file: String) throws {
    try Data(text.utf8).write(to: URL(filePath: "\(path)/\(file)"))
  }

  func read(_ file: String) throws -> String {
    try String(contentsOfFile: "\(path)/\(file)", encoding: .utf8)
  }

  func json(_ output: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
  }

  /// The lines of `exact.csv` without its header, split at commas.
  func rows() throws -> (header: String, rows: [[String]]) {
    let lines = try read("exact.csv").split(separator: "\n").map(String.init)
    return (lines[0], lines.dropFirst().map { $0.split(separator: ",").map(String.init) })
  }

  /// Column of `latency_s`; `layer` is 0 and `name` 1.
  static let latency = 13

  /// Writes `table.csv`: the exact one, each line changed or left out.
  func spoil(_ change: ([String]) -> [String]?) throws {
    let table = try rows()
    let lines = table.rows.compactMap(change).map { $0.joined(separator: ",") }
    try write(([table.header] + lines).joined(separator: "\n") + "\n", to: "table.csv")
  }

  /// The spec of `bismo-vu9p` with other parameters, without checks and reference tables.
  func perturbedSpec(_ change: (inout [String: Any]) -> Void) throws {
    let text = try String(contentsOfFile: "\(Places.package)/hardware-specs/bismo-vu9p.json", encoding: .utf8)
    var spec = try json(text)
    spec["checks"] = nil
    spec["reference_tables"] = nil
    spec["id"] = "perturbed"
    var parameters = try #require(spec["parameters"] as? [String: Any])
    change(&parameters)
    spec["parameters"] = parameters
    try JSONSerialization.data(withJSONObject: spec).write(to: URL(filePath: "\(path)/perturbed.json"))
  }
}
