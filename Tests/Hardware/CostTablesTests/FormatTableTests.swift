import Core
import CostTables
import Diagnostics
import Foundation
import Specs
import Testing

@Suite("tables of costs in formats that are no numbers of bits")
struct FormatTableTests {
  private static let network = Network(
    name: "n", batch: 1,
    layers: [
      Layer(name: "a", kind: .fullyConnected, inputChannels: 3, outputChannels: 1),
      Layer(name: "b", kind: .fullyConnected, inputChannels: 1, outputChannels: 2),
    ])

  private static let pairs = ["W8A8", "int4-g128/bf16", "bf16/bf16"].compactMap(Precision.init)

  private static var table: LookupTable {
    var cells: [Point: [Metric: Double]] = [:]
    for layer in network.layers.indices {
      for (index, pair) in pairs.enumerated() {
        cells[Point(layer: layer, precision: pair)] = [.latency: Double(10 * layer + index)]
      }
    }
    return LookupTable(network: network, cells: cells)
  }

  private func read(_ text: String) throws -> CostSheet {
    try CostSheet.readCSV(Data(text.utf8), file: "t.csv", clockHertz: nil)
  }

  private func problems(_ text: String) throws -> [String] {
    let thrown = #expect(throws: Diagnostics.self) { try read(text) }
    return try #require(thrown).all.map(\.description)
  }

  @Test("a written table names formats, and is read to the same costs")
  func csv() throws {
    let text = try Self.table.csv(unit: .seconds)
    let a = "0,a,1,fully-connected,1,3,1,1x1,1x1,1x1,1x1"
    let b = "1,b,1,fully-connected,1,1,2,1x1,1x1,1x1,1x1"
    // int4-g128 takes 4.125 bits.
    #expect(
      text == """
        layer,name,batch,kind,groups,in_channels,out_channels,input,output,kernel,stride,weight_format,activation_format,latency_s
        \(a),int4-g128,bf16,1.0
        \(a),int8,int8,0.0
        \(a),bf16,bf16,2.0
        \(b),int4-g128,bf16,11.0
        \(b),int8,int8,10.0
        \(b),bf16,bf16,12.0

        """)
    #expect(try LookupTable(read(text), of: Self.network).cells == Self.table.cells)
  }

  @Test("names stand beside bits, and a line has one of them or both that agree")
  func beside() throws {
    let head = "name,weight_bits,weight_format,activation_bits,activation_format,latency_s\n"
    let sheet = try read(head + "a,8,,16,bf16,1\na,,FP8-E4M3,32,,2\na,4,int4-g128,,fp16,3\n")
    #expect(
      sheet.rows.map(\.precision.description) == ["int8/bf16", "fp8-e4m3/fp32", "int4-g128/fp16"])
    #expect(
      try problems(head + "a,8,bf16,8,,1\na,,fp8,8,,1\n") == [
        "t.csv:2:3: error: \"weight_bits\" is \"8\", and bf16 has 16. Leave one of them empty.",
        "t.csv:3:4: error: \"weight_format\" is \"fp8\"; it must be the name of a number format, such as int8, bf16 or "
          + "int4-g128",
      ])
    #expect(
      try problems("name,weight_format,activation_format,latency_s\na,int8,,1\n") == [
        "t.csv:2:8: error: \"activation_format\" is empty. Name a format, such as int8 or bf16."
      ])
  }

  @Test("one column for both, and a column for each pair")
  func pairTexts() throws {
    let one = try read("name,bits,latency_ms\na,int4-g128/bf16,1000\na,bf16,2000\na,8,3000\na,4x8,4000\n")
    #expect(
      one.rows.map(\.precision.description) == ["int4-g128/bf16", "bf16/bf16", "W8A8", "W4A8"])
    let wide = try read("name,W8A8 [us],int4-g128/bf16 [us],bf16/bf16 (us)\na,1,2,3\n")
    #expect(wide.rows.map(\.precision.description) == ["W8A8", "int4-g128/bf16", "bf16/bf16"])
    #expect(wide.rows.map { $0.costs?[.latency] } == [1e-6, 2e-6, 3e-6])
  }

  @Test("JSON has lists of names, in one order")
  func json() throws {
    let text = try Self.table.json(unit: .seconds)
    #expect(text.contains("\"schema\": \"haq.table/1.1\""))
    #expect(text.contains("\"weight_formats\": [\"int4-g128\", \"int8\", \"bf16\"]"))
    #expect(text.contains("\"activation_formats\": [\"int8\", \"bf16\"]"))
    let sheet = try CostSheet.readJSON(Data(text.utf8), file: "t.json", clockHertz: nil)
    #expect(try LookupTable(sheet, of: Self.network).cells == Self.table.cells)
    func problem(_ old: String, _ new: String) throws -> String {
      let bytes = Data(text.replacing(old, with: new).utf8)
      let thrown = #expect(throws: Diagnostics.self) {
        try CostSheet.readJSON(bytes, file: "t.json", clockHertz: nil)
      }
      return try #require(thrown).description
    }
    #expect(
      try problem("[\"int8\", \"bf16\"]", "[\"bf16\", \"int8\"]").contains(
        "must have each format once, in the order int8, bf16"))
    #expect(
      try problem("\"activation_formats\"", "\"activation_bits\": [8, 16], \"activation_formats\"")
        .contains("has both \"activation_bits\" and \"activation_formats\""))
  }

  @Test("an array, which bits index, refuses them by name")
  func numPy() {
    let error = #expect(throws: TableError.self) { try Self.table.numPy(unit: .seconds) }
    #expect(
      error?.description
        == "the table has costs in int4-g128, bf16, and a .npy table is indexed by bits. Write a .csv or .json file."
    )
  }

  @Test("nothing is interpolated between formats, and integers between integers as ever")
  func interpolation() throws {
    let sheet = try read(
      "name,bits,latency_s\na,W4A8,4\na,W8A8,8\na,int4-g128/int8,1\na,bf16/int8,16\na,W16A8,30\n")
    let network = Network(name: "n", layers: [Self.network.layers[0]])
    let model = try TabulatedCostModel(
      sheet, scope: .init(batch: 1, networkSHA256: network.shapeSHA256), missingPoints: .interpolated)
    func costs(_ text: String) throws -> [PointOutcome] {
      try model.outcomes(of: [Point(layer: 0, precision: #require(Precision(text)))], in: network)
    }
    #expect(try costs("W6A8") == [.cost(Cost(values: [.latency: 6], isInterpolated: true))])
    #expect(try costs("W12A8") == [.cost(Cost(values: [.latency: 19], isInterpolated: true))])
    #expect(throws: Diagnostics.self) { try costs("fp8-e4m3/int8") }
  }

  @Test("a target of such a table lists its pairs, and is read again")
  func target() throws {
    let document = TableTargetDocument(
      id: "formats", file: "t.csv", sha256: String(repeating: "a", count: 64), origin: "t.csv",
      network: Self.network, weightWidths: Self.table.weightWidths,
      activationWidths: Self.table.activationWidths, pairs: Self.table.measuredPairs, metrics: [.latency],
      clockHertz: nil, numPyUnit: nil)
    #expect(document.text.contains("\"schema\": \"haq.target/1.1\""))
    let spec = try TargetSpec.read(Data(document.text.utf8), file: "formats.json").spec
    #expect(
      spec.capabilities.legalPairs.map(\.description) == ["int4-g128/bf16", "W8A8", "bf16/bf16"])
    #expect(spec.capabilities.widthRules.reference == nil)
  }
}
