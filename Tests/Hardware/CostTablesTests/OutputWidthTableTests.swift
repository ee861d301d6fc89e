import Core
import CostTables
import Diagnostics
import Foundation
import Specs
import Testing

@Suite("Tables of costs that depend on the widths of outputs")
struct OutputWidthTableTests {
  /// `b` reads `a` and gives the scores.
  private static let network = Network(
    name: "n", batch: 4,
    layers: [
      Layer(name: "a", kind: .fullyConnected, inputChannels: 3, outputChannels: 2),
      Layer(name: "b", kind: .fullyConnected, inputChannels: 2, outputChannels: 1),
    ], outputReaders: [[1], []])

  /// 1/64 of weight bits, plus 1/4 of activation bits, plus the output's bits, times the layer's number.
  private struct Model: CostModel {
    var usesOutputWidths: Bool { true }

    static func cost(_ point: Point) -> Double {
      let (weight, activation) = (point.precision.weight.bits, point.precision.activation.bits)
      let output = point.output?.bits ?? activation
      return Double(point.layer + 1) * (Double(weight) / 64 + Double(activation) / 4 + Double(output))
    }

    func outcomes(of points: [Point], in network: Network) -> [PointOutcome] {
      points.map { .cost(Cost(values: [.latency: Self.cost($0)])) }
    }
  }

  private static let widths = [4, 8].compactMap(BitWidth.init)

  private static func costTable(from model: some CostModel, _ network: Network = network) throws -> CostTable
  {
    try CostTable(
      of: network, from: model, weightWidths: widths, activationWidths: widths,
      aggregates: [.latency: .sum], provenance: .withoutHardware("t"))
  }

  private static func csv() throws -> String {
    try LookupTable(costTable(from: Model())).csv(unit: .seconds)
  }

  private func precision(_ text: String) throws -> Precision { try #require(Precision(text)) }

  @Test("CSV has a line for every width of an output, which states it")
  func csv() throws {
    let lines = try Self.csv().split(separator: "\n").map(String.init)
    #expect(lines[0].hasSuffix("weight_bits,activation_bits,output_bits,latency_s"))
    let a = "0,a,4,fully-connected,1,3,2,1x1,1x1,1x1,1x1"
    let b = "1,b,4,fully-connected,1,2,1,1x1,1x1,1x1,1x1"
    // 4/64 + 4/4 + 4 and + 8; twice 8/64 + 8/4 + 32.
    #expect(lines[1...2] == ["\(a),4,4,4,5.0625", "\(a),4,4,8,9.0625"])
    #expect(lines.last == "\(b),8,8,32,68.25")
    // Four pairs; two widths of the first output, and 32 bits of the second.
    #expect(lines.count == 1 + 4 * 2 + 4)
  }

  @Test("every form that can hold them reads back to the same cells")
  func roundTrips() throws {
    let table = LookupTable(try Self.costTable(from: Model()))
    #expect(table.outputWidths.map(\.bits) == [4, 8, 32])
    let sheets = [
      try CostSheet.readCSV(Data(try Self.csv().utf8), file: "t.csv", clockHertz: nil),
      try CostSheet.readJSON(Data(try table.json(unit: .seconds).utf8), file: "t.json", clockHertz: nil),
    ]
    for sheet in sheets {
      #expect(sheet.statesOutputs)
      #expect(try LookupTable(sheet, of: Self.network).cells == table.cells, "\(sheet.file)")
      let described = try #require(LookupTable(selfDescribed: sheet, defaultBatch: 1))
      #expect(described.cells == table.cells, "\(sheet.file)")
    }
    let thrown = #expect(throws: TableError.self) { try table.numPy(unit: .seconds) }
    #expect(thrown?.description.contains("depend on the widths of outputs (4, 8, 32 bit)") == true)
  }

  @Test("a JSON document without output widths is as it was")
  func earlier() throws {
    struct Flat: CostModel {
      func outcomes(of points: [Point], in network: Network) -> [PointOutcome] {
        points.map { _ in .cost(Cost(values: [.latency: 2])) }
      }
    }
    let text = try LookupTable(Self.costTable(from: Flat())).json(unit: .seconds)
    #expect(!text.contains("output_bits") && text.contains("[[2, 2], [2, 2]]"))
    #expect(try TableDocument.read(Data(text.utf8), file: "t.json").document.outputWidths == nil)
  }

  private func model(
    _ csv: String, missing: TabulatedCostModel.MissingPoints = .refused
  ) throws -> TabulatedCostModel {
    try TabulatedCostModel(
      CostSheet.readCSV(Data(csv.utf8), file: "t.csv", clockHertz: nil),
      scope: .init(batch: 4, networkSHA256: nil), missingPoints: missing)
  }

  @Test("a target of such a table costs what the target costs that it was made of")
  func target() throws {
    let model = try model(Self.csv())
    #expect(model.usesOutputWidths)
    let table = try Self.costTable(from: model)
    let original = try Self.costTable(from: Model())
    for first in ["W4A4", "W8A8", "W4A8"] {
      for second in ["W8A4", "W4A8"] {
        let policy = Policy([try precision(first), try precision(second)])
        #expect(try table.total(.latency, of: policy) == original.total(.latency, of: policy))
      }
    }
    // 1 x (8/64 + 8/4 + 4) + 2 x (8/64 + 4/4 + 32).
    let policy = Policy([try precision("W8A8"), try precision("W8A4")])
    #expect(try table.total(.latency, of: policy) == 6.125 + 66.25)
  }

  @Test("an output whose width nobody states is as wide as the input; one that the table lacks is an error")
  func unstated() throws {
    let model = try model(Self.csv())
    let points = [
      Point(layer: 0, precision: try precision("W4A8")),
      Point(layer: 0, precision: try precision("W4A8"), output: .eight),
    ]
    // 4/64 + 8/4 + 8.
    #expect(
      try model.outcomes(of: points, in: Self.network)
        == Array(repeating: .cost(Cost(values: [.latency: 10.0625])), count: 2))
    let lacking = [Point(layer: 1, precision: .eight, output: .eight)]
    let error = #expect(throws: Diagnostics.self) { try model.outcomes(of: lacking, in: Self.network) }
    #expect(error?.description.contains("at W8A8 with outputs of 8 bits") == true)
  }

  @Test("points of one width of the output are interpolated, and no others")
  func interpolation() throws {
    // W8A8 of "a" with outputs of 4 bits is missing, and W6A8 too, which lies between W4A8 and W8A8.
    let rows = try Self.csv().split(separator: "\n").filter {
      !$0.hasPrefix("0,a") || !$0.contains(",8,8,4,")
    }
    let model = try model(rows.joined(separator: "\n"), missing: .interpolated)
    let between = Point(layer: 0, precision: try precision("W6A8"), output: .eight)
    // 6/64 + 8/4 + 8.
    #expect(
      try model.outcomes(of: [between], in: Self.network)
        == [.cost(Cost(values: [.latency: 10.09375], isInterpolated: true))])
    let narrow = Point(layer: 0, precision: try precision("W6A8"), output: BitWidth(4))
    #expect(throws: Diagnostics.self) { try model.outcomes(of: [narrow], in: Self.network) }
  }

  @Test("a point may occur once for every width of its output, and each must be a width")
  func repeated() throws {
    let header = "name,weight_bits,activation_bits,output_bits,latency_s\n"
    func problem(_ rows: String) -> String {
      do {
        _ = try CostSheet.readCSV(Data((header + rows).utf8), file: "t.csv", clockHertz: nil)
        return ""
      } catch { return "\(error)" }
    }
    #expect(problem("a,4,4,4,1\na,4,4,8,1\n").isEmpty)
    #expect(
      problem("a,4,4,4,1\na,4,4,4,1\n").contains(
        "the point W4A4 with outputs of 4 bits of layer \"a\" appears twice"))
    #expect(problem("a,4,4,33,1\n").contains("\"output_bits\" is \"33\"; it must be a whole number 1 to 32"))
    #expect(problem("a,4,4,,1\n").contains("\"output_bits\" is \"\""))
  }

  @Test("tables that differ at one width of an output are told apart by it")
  func difference() throws {
    let first = LookupTable(try Self.costTable(from: Model()))
    var second = first
    let point = Point(layer: 0, precision: .eight, output: BitWidth(4))
    second.cells[point] = [.latency: 12.25]
    let difference = TableDifference(first, second, tolerance: 0)
    // 8/64 + 8/4 + 4 = 6.125, of which 12.25 is twice.
    #expect(difference.differences.map(\.precision) == ["W8A8"])
    #expect(difference.differences.map(\.output) == [BitWidth(4)])
    #expect(difference.differences.map(\.relative) == [1])
    #expect(difference.compared == 12)
  }
}
