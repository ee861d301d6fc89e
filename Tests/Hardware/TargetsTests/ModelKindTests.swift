import Core
import FixtureBuilding
import Foundation
import Hashing
import Specs
import Targets
import Testing

/// Targets of kind table and function, from their spec to a cost table.
struct ModelKindTests {
  private let folder: TemporaryFolder
  private let network = Network(
    name: "n", batch: 2,
    layers: [Layer(name: "fc", kind: .fullyConnected, inputChannels: 4, outputChannels: 2)])

  init() throws { folder = try TemporaryFolder() }

  private func target(_ model: String, extra: String = "") throws -> Target {
    let text = TemporaryFolder.spec("tt").replacing(
      "{ \"kind\": \"plugin\", \"library\": \"libnone.so\", \"abi\": \"1.0\" }", with: model + extra)
    let file = try folder.write(text, to: "specs/tt.json")
    // Beside the program lies its sandbox.
    return try Target(file: file, origin: .commandLine, program: try Places.builtLibrary("haq-sandbox"))
  }

  private static let header =
    "weight_bits,activation_bits,latency_s,kind,groups,in_channels,out_channels,input,output,kernel,stride"

  private func rows(_ costs: [(String, String)]) -> String {
    ([Self.header] + costs.map { "\($0),\($1),fully-connected,1,4,2,1,1,1,1" }).joined(separator: "\n")
  }

  private func message(_ work: () throws -> Void) -> String {
    do {
      try work()
      return "nothing was thrown"
    } catch { return "\(error)" }
  }

  @Test("a table target has the table's costs, and is stamped with the table's bytes")
  func table() throws {
    let text = rows([("2,4", "1"), ("2,8", "2"), ("4,4", "3"), ("4,8", "4")])
    try folder.write(text, to: "specs/t.csv")
    let table = try target(#"{ "kind": "table", "file": "t.csv" }"#).costTable(of: network)
    #expect(table.cost(.latency, layer: 0, at: try #require(Precision("W4A4"))) == 3)
    #expect(table.interpolatedCount == 0)
    #expect(table.provenance.target?.tableSHA256 == Data(text.utf8).sha256)
    #expect(table.provenance.target?.librarySHA256 == nil)
  }

  @Test("missing points are refused, and interpolated only when the spec asks, which the table remembers")
  func missingPoints() throws {
    try folder.write(rows([("2,4", "1"), ("2,8", "2"), ("4,8", "4")]), to: "specs/t.csv")
    let refused = message {
      _ = try target(#"{ "kind": "table", "file": "t.csv" }"#).costTable(of: network)
    }
    #expect(
      refused
        == "\(folder.path)/specs/t.csv: error: the table has no cost of layer \"fc\" "
        + "(fully-connected, 4 -> 2 channels) at W4A4")
    try folder.write(rows([("2,4", "1"), ("2,8", "2"), ("8,4", "7"), ("8,8", "8")]), to: "specs/t.csv")
    let table = try target(#"{ "kind": "table", "file": "t.csv", "interpolation": "linear" }"#)
      .costTable(of: network)
    // W4 is a third of the way from 2 to 8.
    let equal = try #require(Precision("W4A4"))
    let between = try #require(table.cost(.latency, layer: 0, at: equal))
    #expect(abs(between - 3) < 1e-12)
    #expect(table.isInterpolated(layer: 0, at: equal))
    #expect(!table.isInterpolated(layer: 0, at: try #require(Precision("W2A4"))))
    // The spec's widths are 2 and 4 by 4 and 8; the two of W4 are not measured.
    #expect(table.interpolatedCount == 2)
  }

  @Test("another table than the pinned one, and a missing one, are refused")
  func pins() throws {
    try folder.write(rows([("2,4", "1")]), to: "specs/t.csv")
    let pin = String(repeating: "0", count: 64)
    #expect(
      message {
        _ = try target(#"{ "kind": "table", "file": "t.csv", "sha256": "\#(pin)" }"#).costTable(of: network)
      }.contains("t.csv is not the file that the spec names"))
    #expect(
      message { _ = try target(#"{ "kind": "table", "file": "no.csv" }"#).costTable(of: network) }
        == "cannot read \(folder.path)/specs/no.csv: No such file or directory")
  }

  @Test("a table lacks no metric that the spec promises")
  func metrics() throws {
    try folder.write(rows([("2,4", "1")]), to: "specs/t.csv")
    let text = TemporaryFolder.spec("tt").replacing(
      "\"plugin\", \"library\": \"libnone.so\", \"abi\": \"1.0\"", with: "\"table\", \"file\": \"t.csv\""
    ).replacing("{ \"latency\":", with: "{ \"energy\": { \"aggregate\": \"sum\" }, \"latency\":")
    let file = try folder.write(text, to: "specs/tt.json")
    let target = try Target(file: file, origin: .commandLine, program: "/bin/haq")
    #expect(message { _ = try target.costTable(of: network) }.contains("lacks the columns \"energy_j\""))
  }

  private func function(expecting latencySeconds: Double) throws -> Target {
    let library = try FixtureLibrary("../functions/functions.c")
    try FileManager.default.createDirectory(
      atPath: "\(folder.path)/specs", withIntermediateDirectories: true)
    // Atomic, because a loaded library must not be rewritten in place.
    try Data(contentsOf: URL(filePath: library.path))
      .write(to: URL(filePath: "\(folder.path)/specs/libf.so"), options: .atomic)
    let model = """
      { "kind": "function", "library": "libf.so", "functions": { "latency": {
        "symbol": "tiny_ms", "returns": "f64", "scale": 1e-3, "arguments": [
          { "type": "u64", "value": "layer.macs" }, { "type": "u32", "value": "point.weight_bits" },
          { "type": "u32", "value": "point.activation_bits" }, { "type": "f64", "value": "parameters.rate" } ] } } }
      """
    let rest = """
      , "parameters": { "rate": 1000 }, "checks": [ { "name": "one",
        "layer": { "kind": "fully-connected", "in_channels": 10, "out_channels": 10 }, "batch": 1, "weight_bits": 2,
        "activation_bits": 4, "expect": { "latency_s": \(latencySeconds) }, "tolerance": 1e-9, "source": "by hand" } ]
      """
    return try target(model, extra: rest)
  }

  @Test("a function target's costs come from the function, after its check has held")
  func functionTarget() throws {
    // 10 x 10 multiply-accumulates x 2 x 4 bit products / 1000 = 0.8 ms.
    let table = try function(expecting: 8e-4).costTable(of: network)
    // 4 x 2 x 2 samples = 16 multiply-accumulates x 4 x 8 / 1000 = 0.512 ms.
    let mixed = try #require(Precision("W4A8"))
    let cost = try #require(table.cost(.latency, layer: 0, at: mixed))
    #expect(abs(cost - 5.12e-4) < 1e-15)
    #expect(table.provenance.target?.librarySHA256?.count == 64)
    #expect(message { _ = try function(expecting: 9e-4).costTable(of: network) }.contains("check \"one\""))
  }
}
