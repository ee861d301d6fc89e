import Conformance
import Core
import FixtureBuilding
import Foundation
import Targets
import Testing

/// A table target that is right, spoilt in one way at a time: each fails exactly the check that is about it.
@Suite("Spoilt table targets")
struct SpoiltTableTests {
  /// One cell of the table; its latency is that of a machine with 10^12 products of single bits a second.
  struct Row {
    var layer: Int
    var name: String
    var shape: String
    var weight: Int
    var activation: Int
    var latency: String
    var energy: String
    var batch = "2"

    var line: String { "\(layer),\(name),\(batch),\(shape),\(weight),\(activation),\(latency),\(energy)" }
  }

  static let header =
    "layer,name,batch,kind,groups,in_channels,out_channels,input,output,kernel,stride,weight_bits,"
    + "activation_bits,latency_s,energy_j"

  /// Multiply-accumulates of one sample, by hand: 3 x 8 x 9 x 196, 8 x 9 x 196, 8 x 16 x 196, 16 x 10.
  static let layers: [(name: String, shape: String, macs: Double)] = [
    ("stem", "convolution,1,3,8,28,14,3,2", 42_336), ("depth", "depthwise,8,8,8,14,14,3,1", 14_112),
    ("point", "convolution,1,8,16,14,14,1,1", 25_088), ("classes", "fully-connected,1,16,10,1,1,1,1", 160),
  ]

  static var rows: [Row] {
    layers.enumerated().flatMap { index, layer in
      [2, 4, 8].flatMap { weight in
        [2, 4, 8].map { activation in
          // A microsecond to start a layer, so that the smallest takes time too.
          let latency = 1e-6 + layer.macs * 2 * Double(weight * activation) / 1e12
          return Row(
            layer: index, name: layer.name, shape: layer.shape, weight: weight, activation: activation,
            latency: "\(latency)", energy: "\(latency * 3)")
        }
      }
    }
  }

  /// A spoilt table, or a spoilt spec.
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let check: String
    var csv: @Sendable (inout [Row]) -> Void = { _ in }
    var text: @Sendable (String) -> String? = { $0 }
    var spec: @Sendable (String) -> String = { $0 }

    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case(name: "the file is deleted", check: "table-reads", text: { _ in nil }),
    Case(name: "the file is garbage", check: "table-reads", text: { _ in "hello\n" }),
    Case(name: "the file is empty", check: "table-reads", text: { _ in "" }),
    Case(name: "no rows", check: "table-reads", text: { _ in header + "\n" }),
    Case(name: "a cell is no number", check: "table-reads", csv: { $0[7].latency = "nan" }),
    Case(name: "a cell is infinite", check: "table-reads", csv: { $0[7].latency = "inf" }),
    Case(name: "a cell is negative", check: "table-reads", csv: { $0[7].latency = "-1" }),
    Case(name: "a cell is too large", check: "table-reads", csv: { $0[7].energy = "1e16" }),
    Case(name: "a row stands twice", check: "table-reads", csv: { $0.append($0[7]) }),
    Case(name: "a row is cut", check: "table-reads", text: { $0 + "3,classes,2\n" }),
    Case(name: "a width of 64 bits", check: "table-reads", csv: { $0[7].weight = 64 }),
    Case(name: "two batches", check: "table-reads", csv: { $0[7].batch = "4" }),
    Case(
      name: "another batch than the spec's", check: "table-batch",
      csv: { rows in for i in rows.indices { rows[i].batch = "4" } }),
    Case(name: "a row is gone", check: "table-complete", csv: { $0.remove(at: 7) }),
    Case(
      name: "a pair is gone in all layers", check: "table-complete",
      csv: { $0.removeAll { $0.weight == 8 && $0.activation == 2 } }),
    Case(name: "a layer is gone", check: "table-complete", csv: { $0.removeAll { $0.name == "depth" } }),
    Case(
      name: "a kind that the spec does not run", check: "table-complete",
      spec: { $0.replacing("\"depthwise\", ", with: "") }),
    Case(
      name: "a kind that the table does not have", check: "table-complete",
      spec: { $0.replacing("\"depthwise\", ", with: "\"depthwise\", \"matmul\", ") }),
    Case(
      name: "a metric that the table does not have", check: "table-metrics",
      spec: {
        $0.replacing("\"energy\":", with: "\"traffic_bytes\": { \"aggregate\": \"sum\" }, \"energy\":")
      }),
    Case(
      name: "names without a network", check: "table-layers",
      text: { text in
        text.split(separator: "\n").map { line in
          let fields = line.split(separator: ",", omittingEmptySubsequences: false)
          return (fields[1...2] + fields[11...]).joined(separator: ",")
        }.joined(separator: "\n")
      }),
    Case(name: "one latency is 0", check: "table-work", csv: { $0[7].latency = "0" }),
    Case(
      name: "every cost is 0", check: "table-work",
      csv: { rows in
        for i in rows.indices {
          rows[i].latency = "0"
          rows[i].energy = "0"
        }
      }),
    Case(
      name: "cycles called seconds", check: "table-units",
      csv: { rows in
        for i in rows.indices { rows[i].latency = "\((Double(rows[i].latency)! * 2e8).rounded())" }
      }
    ),
    Case(
      name: "one layer in milliseconds", check: "table-units",
      csv: { rows in
        for i in rows.indices where rows[i].name == "point" {
          rows[i].latency = "\(Double(rows[i].latency)! * 1000)"
        }
      }),
    Case(
      name: "one cell ten times too large", check: "table-outliers",
      csv: { $0[4].latency = "\(Double($0[4].latency)! * 10)" }),
    Case(
      name: "one cell ten times too small", check: "table-outliers",
      csv: { $0[4].latency = "\(Double($0[4].latency)! / 10)" }),
    Case(
      name: "the widest cell twenty times too large", check: "table-outliers",
      csv: { $0[8].energy = "\(Double($0[8].energy)! * 20)" }),
    Case(
      name: "widths in the opposite order", check: "table-wider",
      csv: { rows in
        for i in rows.indices {
          rows[i].weight = 16 / rows[i].weight
          rows[i].activation = 16 / rows[i].activation
        }
      }),
    Case(
      name: "another table than the pinned", check: "pin-matches",
      spec: {
        $0.replacing("\"t.csv\"", with: "\"t.csv\", \"sha256\": \"\(String(repeating: "0", count: 64))\"")
      }),
    Case(
      name: "a reference point that does not hold", check: "reference-points",
      spec: { $0.replacing("\"latency_s\": 1.00256e-6", with: "\"latency_s\": 2e-6") }),
  ]

  @Test("fail exactly one check", arguments: cases)
  func exactlyOne(_ spoilt: Case) throws {
    var rows = Self.rows
    spoilt.csv(&rows)
    let text = spoilt.text(([Self.header] + rows.map(\.line)).joined(separator: "\n") + "\n")
    let results = try Self.run(csv: text, spec: spoilt.spec(Self.spec))
    let found = results.filter { $0.outcome.isFailure || $0.outcome.word == "warning" }
    #expect(found.map(\.check.id) == [spoilt.check], "\(found.map { "\($0.check.id): \($0.outcome)" })")
  }

  @Test("are told apart from a right one, which passes every check that is about tables")
  func good() throws {
    let text = ([Self.header] + Self.rows.map(\.line)).joined(separator: "\n") + "\n"
    for result in try Self.run(csv: text, spec: Self.spec) {
      let applies =
        [.spec, .table, .reference].contains(result.check.group) && result.check.id != "pin-matches"
      #expect(result.outcome.word == (applies ? "passed" : "skipped"), "\(result)")
    }
  }

  /// The rows at each width that the output of a layer may have: those of its readers.
  private static func withOutputs(
    _ keeps: (_ name: String, _ output: Int, _ row: Row) -> Bool = { _, _, _ in true }
  ) -> String {
    let lines = rows.flatMap { row in
      [2, 4, 8].filter { keeps(row.name, $0, row) }.map { "\(row.line),\($0)" }
    }
    return ([header + ",output_bits"] + lines).joined(separator: "\n") + "\n"
  }

  @Test("a table that states widths of outputs is complete when it has each that a reader may have")
  func outputs() throws {
    func problems(_ csv: String) throws -> [String] {
      try Self.run(csv: csv, spec: Self.spec).compactMap { result in
        guard case .failed(let problem) = result.outcome else { return nil }
        return "\(result.check.id): \(problem)"
      }
    }
    #expect(try problems(Self.withOutputs()) == [])
    let width = try problems(Self.withOutputs { name, output, _ in name != "depth" || output != 4 })
    #expect(width.count == 1 && width[0].hasPrefix("table-complete: "), "\(width)")
    #expect(width[0].contains("layer \"depth\" has no rows with outputs of 4 bits"), "\(width)")
    let row = try problems(
      Self.withOutputs { name, output, row in
        name != "depth" || output != 4 || row.weight != 8 || row.activation != 2
      })
    #expect(row.count == 1 && row[0].hasPrefix("table-complete: "), "\(row)")
    #expect(row[0].contains("layer \"depth\" with outputs of 4 bits has no cost at W8A2"), "\(row)")
  }

  @Test("a table that everybody may write to is not read")
  func trust() throws {
    let folder = try Self.folder(
      csv: ([Self.header] + Self.rows.map(\.line)).joined(separator: "\n"), spec: Self.spec)
    #expect(chmod("\(folder.path)/t.csv", 0o666) == 0)
    let failed = Self.run(folder).filter { $0.outcome.isFailure }
    #expect(failed.map(\.check.id) == ["files-trusted"])
  }

  @Test("a table has no components and takes nothing of a device, and asking so is no mistake")
  func explained() throws {
    let folder = try Self.folder(
      csv: ([Self.header] + Self.rows.map(\.line)).joined(separator: "\n"), spec: Self.spec)
    let target = try Target(
      file: "\(folder.path)/tt.json", origin: .commandLine, program: "/bin/haq")
    let network = Network(
      name: "n", batch: 2,
      layers: [Layer(name: "classes", kind: .fullyConnected, inputChannels: 16, outputChannels: 10)])
    #expect(try target.components(of: [Point(layer: 0, precision: .eight)], in: network) == nil)
    #expect(try target.resources().isEmpty)
  }

  static let spec = """
    {
      "schema": "haq.target/1.0", "id": "tt", "name": "T", "version": "1", "summary": "s",
      "sources": [{ "title": "by hand" }], "batch": 2,
      "capabilities": {
        "layers": ["convolution", "depthwise", "fully-connected"], "weight_bits": [2, 4, 8],
        "activation_bits": [2, 4, 8], "pairs": "all", "other_widths": "reject",
        "metrics": { "energy": { "aggregate": "sum" }, "latency": { "aggregate": "sum" } }
      },
      "model": { "kind": "table", "file": "t.csv" },
      "checks": [{
        "name": "one", "layer": { "kind": "fully-connected", "in_channels": 16, "out_channels": 10 },
        "weight_bits": 2, "activation_bits": 4, "expect": { "latency_s": 1.00256e-6 }, "tolerance": 1e-9,
        "source": "by hand: 1e-6 + 16 x 10 x 2 x 2 x 4 / 1e12" }]
    }
    """

  private static func folder(csv: String?, spec: String) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    if let csv { try folder.write(csv, to: "t.csv") }
    try folder.write(spec, to: "tt.json")
    return folder
  }

  private static func run(_ folder: TemporaryFolder) -> [ConformanceRun.Result] {
    ConformanceRun(specFile: "\(folder.path)/tt.json", program: "/bin/haq").run()
  }

  private static func run(csv: String?, spec: String) throws -> [ConformanceRun.Result] {
    let folder = try folder(csv: csv, spec: spec)
    return withExtendedLifetime(folder) { run(folder) }
  }
}
