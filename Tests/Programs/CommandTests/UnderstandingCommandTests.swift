import Core
import Documents
import FixtureBuilding
import Foundation
import FoundationXML
import Testing

/// `haq sensitivity`, `pareto`, `transfer` and `figure` as a user runs them.
final class UnderstandingCommandTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  init() throws {
    temporary = try TemporaryFolder()
    try TinyNetwork.write(to: "\(folder)/tiny.onnx")
  }

  private func read(_ file: String) throws -> String {
    try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
  }

  private func json(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test("sensitivities: every width of every layer, none above those of fewer bits")
  func sensitivity() throws {
    let arguments = ["sensitivity", "tiny.onnx", "--samples", "32", "--threads", "1"]
    let run = try ProgramRun(
      arguments + ["--target", "bismo-zynq7020", "--chart", "s.svg", "--format", "json"], in: folder)
    #expect(run.exitCode == 0, "\(run.errors)")
    let document = try SensitivityDocument(json: run.output)
    #expect(document.layers.map(\.name) == ["stem", "depthwise", "pointwise", "classifier"])
    for layer in document.layers {
      for increases in [layer.weight, layer.activation] {
        #expect(increases.map(\.bits.bits) == [2, 3, 4, 5, 6, 7, 8])
        let values = increases.map(\.nats)
        #expect(zip(values, values.dropFirst()).allSatisfy { $0 >= $1 } && values.last == 0)
      }
    }
    // 4 layers x 2 operands x 6 widths, and the legend's 11 colors.
    let picture = try read("s.svg")
    #expect(picture.matches(of: /class="cell"/).count == 4 * 2 * 6 + 11)
    try parse(picture)
    let text = try ProgramRun(arguments, in: folder)
    #expect(text.exitCode == 0 && text.output.contains("pointwise"), "\(text.errors)")
  }

  private func parse(_ xml: String) throws { #expect(XMLParser(data: Data(xml.utf8)).parse()) }

  @Test("a sweep keeps every point, marks the dominated ones, and is the same for the same seed")
  func pareto() throws {
    func run(_ output: String) throws -> ProgramRun {
      try ProgramRun(
        [
          "pareto", "tiny.onnx", "--target", "bismo-zynq7020", "--latency", "0.8x,0.9x", "--evaluations", "6",
          "--search-samples", "100", "--sensitivity-samples", "32", "--threads", "1", "-o", output,
        ], in: folder)
    }
    let first = try run("a")
    #expect(first.exitCode == 0, "\(first.errors)")
    #expect(try run("b").exitCode == 0)
    for file in ["pareto.csv", "pareto.json", "pareto.svg"] {
      #expect(try read("a/\(file)") == read("b/\(file)"))
    }
    let rows = try read("a/pareto.csv").split(separator: "\n").dropFirst().map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    let points = rows.map {
      (kind: $0[0], cost: Double($0[2])!, accuracy: Double($0[4])!, dominated: $0[6] == "yes")
    }
    #expect(points.filter { $0.kind == "uniform" }.count == 49)
    #expect(points.contains { $0.kind == "searched" })
    for point in points {
      let beaten = points.contains {
        $0.kind == point.kind && $0.cost <= point.cost && $0.accuracy >= point.accuracy
          && ($0.cost < point.cost || $0.accuracy > point.accuracy)
      }
      #expect(point.dominated == beaten)
    }
    #expect(try ParetoDocument(json: read("a/pareto.json")).points.count == points.count)
    try parse(try read("a/pareto.svg"))
  }

  private func policy(_ bits: Int, target: String) -> String {
    let layers = ["stem", "depthwise", "pointwise", "classifier"].map {
      "{ \"name\": \"\($0)\", \"weight_bits\": \(bits), \"activation_bits\": \(bits) }"
    }
    return """
      { "schema": "haq.policy/1.0", "network": { "name": "tiny" }, "target": { "id": "\(target)" },
        "layers": [\(layers.joined(separator: ","))], "accuracy": { "top1": 0.\(bits) } }
      """
  }

  @Test("policies on other targets: costs as haq cost says, losses against each target's own best")
  func transfer() throws {
    for (name, bits, target) in [
      ("a", 4, "bismo-zynq7020"), ("b", 5, "bismo-zynq7020"), ("c", 8, "bismo-vu9p"),
    ] {
      try Data(policy(bits, target: target).utf8).write(to: URL(filePath: "\(folder)/\(name).json"))
    }
    let run = try ProgramRun(
      [
        "transfer", "a.json", "b.json", "c.json", "--targets", "bismo-zynq7020,bismo-vu9p", "--network",
        "tiny.onnx", "--format", "json",
      ], in: folder)
    #expect(run.exitCode == 0, "\(run.errors)")
    let cells = try TransferDocument(json: run.output).policies.map(\.costs)
    let costs = cells.map { $0.map(\.cost) }
    for (index, bits) in [4, 5, 8].enumerated() {
      for (column, target) in ["bismo-zynq7020", "bismo-vu9p"].enumerated() {
        let cost = try ProgramRun(
          ["cost", "tiny.onnx", "--target", target, "--bits", "W\(bits)A\(bits)", "--format", "json"],
          in: folder)
        let total = try #require(try json(cost.output)["total"] as? [String: Double])
        #expect(costs[index][column] == total["latency_s"])
      }
    }
    let losses = cells.map { $0.map(\.loss) }
    for (row, cost) in zip(losses, costs) {
      // Not to the last bit: losses and costs were rounded as text on their way.
      for (column, own) in [costs[0][0], costs[2][1]].enumerated() {
        #expect(try abs(#require(row[column]) - (cost[column] / own - 1)) < 1e-12)
      }
    }

    let unknown = try ProgramRun(["transfer", "a.json", "--targets", "bismo-vu9p"], in: folder)
    #expect(unknown.exitCode == 1 && unknown.errors.contains("Name its file with --network"))
  }

  @Test("the picture of a policy has three bars for each layer, in the color of its kind")
  func figure() throws {
    try Data(policy(4, target: "bismo-zynq7020").utf8).write(to: URL(filePath: "\(folder)/p.json"))
    let run = try ProgramRun(
      [
        "figure", "p.json", "--target", "bismo-zynq7020", "--network", "tiny.onnx", "-o", "p.svg", "--format",
        "json",
      ], in: folder)
    #expect(run.exitCode == 0, "\(run.errors)")
    let document = try FigureDocument(json: run.output)
    #expect(document.picture == "p.svg")
    #expect(document.layers.map(\.weightBits.bits) == [4, 4, 4, 4])
    let picture = try read("p.svg")
    // Three bars and one square in the legend for each of pointwise, depthwise, the stem and the classifier.
    for series in 0..<4 { #expect(picture.matches(of: try Regex("point series-\(series)\"")).count == 4) }
    // 4 of 8 bits are half of the 120 pixels of a panel.
    #expect(picture.matches(of: /height="60\.0"/).count == 4 * 2)
    try parse(picture)
  }
}
