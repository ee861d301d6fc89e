import Core
import CostTables
import Diagnostics
import Foundation
import Specs
import Testing

@Suite("tables as files")
struct LookupTableFileTests {
  private static let network = Network(
    name: "n", batch: 4,
    layers: [
      Layer(name: "a", kind: .fullyConnected, inputChannels: 3, outputChannels: 1),
      Layer(
        name: "b, \"c\"", kind: .convolution, inputChannels: 1, outputChannels: 2,
        input: Extent(height: 4, width: 6), output: Extent(height: 4, width: 6),
        kernel: Extent(square: 3)),
    ])

  /// Latency = (layer + 1) x weight bits x activation bits cycles at 100 Hz.
  private func table(widths: [Int], missing: Precision? = nil, network: Network = network) -> LookupTable {
    let widths = widths.compactMap(BitWidth.init)
    var cells: [Point: [Metric: Double]] = [:]
    for layer in network.layers.indices {
      for weight in widths {
        for activation in widths {
          let precision = Precision(weight: weight, activation: activation)
          if precision == missing { continue }
          let cycles = Double((layer + 1) * weight.bits * activation.bits)
          cells[Point(layer: layer, precision: precision)] = [.latency: cycles / 100]
        }
      }
    }
    return LookupTable(network: network, cells: cells, clockHertz: 100)
  }

  @Test("files beyond 64 MiB are refused")
  func largest() throws {
    let bytes = Data(repeating: 0x20, count: 64 << 20 + 1)
    let readers: [() throws -> Void] = [
      { _ = try CostSheet.readCSV(bytes, file: "t.csv", clockHertz: nil) },
      { _ = try TableDocument.read(bytes, file: "t.json") },
    ]
    for read in readers {
      let thrown = #expect(throws: Diagnostics.self) { try read() }
      #expect(thrown?.description.contains("the file has 67108865 bytes; at most 67108864 are read") == true)
    }
  }

  @Test("CSV has a row per point: batch, shape, names quoted, none where nobody measured")
  func csv() throws {
    let text = try table(widths: [2, 4], missing: Precision("W4A2")).csv(unit: .seconds)
    let a = "0,a,4,fully-connected,1,3,1,1x1,1x1,1x1,1x1"
    let b = "1,\"b, \"\"c\"\"\",4,convolution,1,1,2,4x6,4x6,3x3,1x1"
    #expect(
      text == """
        layer,name,batch,kind,groups,in_channels,out_channels,input,output,kernel,stride,weight_bits,activation_bits,latency_s
        \(a),2,2,0.04
        \(a),2,4,0.08
        \(a),4,4,0.16
        \(b),2,2,0.08
        \(b),2,4,0.16
        \(b),4,4,0.32

        """)
  }

  private static let windows = Network(
    name: "n", batch: 1,
    layers: [
      Layer(
        name: "dilated", kind: .convolution, inputChannels: 1, outputChannels: 1, input: Extent(square: 12),
        output: Extent(square: 12), kernel: Extent(square: 3), dilation: Extent(square: 2),
        padding: Layer.Padding(top: 4, left: 4, bottom: 0, right: 0)),
      Layer(
        name: "dense", kind: .convolution, inputChannels: 1, outputChannels: 1, input: Extent(square: 12),
        output: Extent(square: 12), kernel: Extent(square: 3)),
      Layer(
        name: "rows", kind: .fullyConnected, inputChannels: 4, outputChannels: 4,
        input: Extent(height: 7, width: 1), output: Extent(height: 7, width: 1)),
    ])

  @Test("a dilated layer is another layer than a dense one, in every form that states shapes")
  func dilated() throws {
    let table = table(widths: [2], network: Self.windows)
    let csv = try table.csv(unit: .seconds)
    #expect(csv.contains(",stride,dilation,padding,weight_bits,"))
    #expect(csv.contains("12x12,12x12,3x3,1x1,2x2,4/4/0/0,2,2,") && csv.contains(",3x3,1x1,1x1,1,2,2,"))
    let sheets = [
      try CostSheet.readCSV(Data(csv.utf8), file: "t.csv", clockHertz: nil),
      try CostSheet.readJSON(Data(try table.json(unit: .seconds).utf8), file: "t.json", clockHertz: nil),
    ]
    for sheet in sheets {
      #expect(try LookupTable(sheet, of: Self.windows).cells == table.cells)
      // The dilated layer of another network is not the dense one.
      var dense = Self.windows
      dense.layers[0] = dense.layers[1]
      dense.layers[0].name = "dilated"
      let thrown = #expect(throws: Diagnostics.self) { try LookupTable(sheet, of: dense) }
      #expect(
        thrown?.description.contains("dilation 2x2, padding 4/4/0/0") == true, "\(thrown?.description ?? "")")
    }
  }

  @Test("a padding that is none is refused with its place")
  func badPadding() throws {
    let csv = try table(widths: [2], network: Self.windows).csv(unit: .seconds).replacing(
      "4/4/0/0", with: "4/4")
    let thrown = #expect(throws: Diagnostics.self) {
      try CostSheet.readCSV(Data(csv.utf8), file: "t.csv", clockHertz: nil)
    }
    #expect(thrown?.description.contains("t.csv:2:") == true)
    #expect(thrown?.description.contains("top, left, bottom and right such as 0/0/1/1") == true)
  }

  @Test("cycles are whole numbers, or an error that names the cell")
  func cycles() throws {
    var table = table(widths: [2])
    #expect(try table.csv(unit: .cycles).hasSuffix(",2,2,8\n"))
    // 0.04 s at 110 Hz is 4.4 cycles.
    table.clockHertz = 110
    let fractional = table
    let thrown = #expect(throws: TableError.self) { try fractional.csv(unit: .cycles) }
    #expect(thrown?.description.contains("a at W2A2 takes 4.4 cycles at 110.0 Hz") == true)
    table.clockHertz = nil
    let clockless = table
    #expect(throws: TableError.noClock) { try clockless.csv(unit: .cycles) }
  }

  @Test(
    "every form and unit reads back to the same table, bit for bit",
    arguments: TableFormat.allCases, CostSheet.LatencyUnit.allCases)
  func roundTrip(format: TableFormat, unit: CostSheet.LatencyUnit) throws {
    // At 3 Hz, latencies are thirds, which have no short decimal form.
    var written = table(widths: Array(1...8))
    written.clockHertz = 3
    written.cells = written.cells.mapValues { $0.mapValues { ($0 * 100).rounded() / 3 } }
    let bytes = try written.bytes(as: format, unit: unit)
    let sheet = try CostSheet.read(
      bytes, file: "t.\(format.rawValue)", .init(unit: .init(unit), clockHertz: 3))
    #expect(sheet.latencyUnit == unit)
    let read = try LookupTable(sheet, of: Self.network, clockHertz: 3)
    #expect(read == written)
  }

  @Test(
    "CSV and JSON keep what .npy cannot hold: other metrics and missing cells", arguments: ["csv", "json"])
  func holes(ending: String) throws {
    var written = table(widths: [2, 8], missing: Precision("W8A2"))
    for point in written.cells.keys { written.cells[point]?[.energy] = Double(point.layer) + 1e-9 }
    let format = try TableFormat(ofFile: "x." + ending)
    let sheet = try CostSheet.read(written.bytes(as: format, unit: .seconds), file: "x." + ending, .init())
    let read = try #require(LookupTable(selfDescribed: sheet, defaultBatch: 1))
    #expect(read.cells == written.cells)
    // Layers and batch come from the file alone.
    #expect(read.network.batch == 4)
    #expect(read.network.layers == Self.network.layers)
  }

  @Test("the NumPy file has version 1.0, an aligned header and cells in [layer][weight][activation] order")
  func numPy() throws {
    let data = try table(widths: Array(1...8)).numPy(unit: .cycles)
    #expect(Array(data.prefix(8)) == [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0])
    let length = Int(data[8]) + 256 * Int(data[9])
    #expect((10 + length).isMultiple(of: 64))
    let header = String(decoding: data[10..<10 + length], as: UTF8.self)
    #expect(header.hasPrefix("{'descr': '<i8', 'fortran_order': False, 'shape': (2, 8, 8), } "))
    #expect(header.hasSuffix("\n"))
    let cells = data.dropFirst(10 + length)
    #expect(cells.count == 2 * 8 * 8 * 8)
    for layer in 0..<2 {
      for weight in 1...8 {
        for activation in 1...8 {
          let start = cells.startIndex + 8 * ((layer * 8 + weight - 1) * 8 + activation - 1)
          let value = (0..<8).reduce(0) { $0 | Int(cells[start + $1]) << (8 * $1) }
          #expect(value == (layer + 1) * weight * activation)
        }
      }
    }
  }

  @Test("a NumPy file needs every width 1 to 8 of every layer, and a reader its unit")
  func numPyRefuses() throws {
    let holed = table(widths: Array(1...8), missing: Precision("W3A5"))
    #expect(throws: TableError.missingCells(["a at W3A5", "b, \"c\" at W3A5"], count: 2)) {
      try holed.numPy(unit: .cycles)
    }
    let bytes = try table(widths: Array(1...8)).numPy(unit: .seconds)
    let thrown = #expect(throws: Diagnostic.self) { try CostSheet.read(bytes, file: "t.npy", .init()) }
    #expect(thrown?.hint == "Give --unit cycles or --unit seconds.")
  }

  /// The diagnostics of binding `text` to the network of this suite.
  private func problems(_ text: String, batch: Int = 4) throws -> String {
    let sheet = try CostSheet.readCSV(Data(text.utf8), file: "t.csv", clockHertz: nil)
    let network = Self.network.withBatch(batch)
    return #expect(throws: Diagnostics.self) { try LookupTable(sheet, of: network) }?.description ?? ""
  }

  @Test("layers are recognised by shape, whatever file and layer are called")
  func shapes() throws {
    var renamed = Self.network
    renamed.layers[0].name = "first"
    renamed.layers[1].name = "second"
    let text = try table(widths: [8], network: renamed).csv(unit: .seconds)
    let sheet = try CostSheet.readCSV(Data(text.utf8), file: "resnet50.csv", clockHertz: nil)
    #expect(try LookupTable(sheet, of: Self.network).cells == table(widths: [8]).cells)
    let wrong = text.replacing("fully-connected,1,3,1", with: "fully-connected,1,5,1")
    #expect(
      try problems(wrong).hasPrefix(
        "t.csv:2:1: error: layer \"first\" of the table is fully-connected, 5 -> 1 channels, which network \"n\""
      ))
  }

  @Test("another batch, unknown names and numbers beyond the network are errors with a place")
  func foreign() throws {
    let text = try table(widths: [8]).csv(unit: .seconds)
    #expect(
      try problems(text, batch: 1).contains("the table's costs are for batch 4, the network is at batch 1"))
    let names = "name,weight_bits,activation_bits,latency_s\n"
    #expect(
      try problems(names + "a,8,8,1\nbb,8,8,1\n").hasPrefix(
        "t.csv:3:1: error: network \"n\" has no layer \"bb\""))
    let numbers = "layer,weight_bits,activation_bits,latency_s\n"
    #expect(
      try problems(numbers + "1,8,8,1\n2,8,8,1\n").hasPrefix(
        "t.csv:3:1: error: the table has a layer number 2"))
  }

  @Test("layers that a table lacks are known")
  func missing() throws {
    let text = "layer,weight_bits,activation_bits,latency_s\n1,8,8,0.5\n"
    var sheet = try CostSheet.readCSV(Data(text.utf8), file: "t.csv", clockHertz: nil)
    // The first layer was not measured, which numbers from 1 do not say by themselves.
    sheet.isNumberingStated = true
    let table = try LookupTable(sheet, of: Self.network)
    #expect(table.missingLayers == ["a"])
    #expect(table.coveredLayers == [1])
    #expect(table.cost(.latency, layer: 1, at: .eight) == 0.5)
  }

  @Test("a table is for one batch")
  func batches() {
    let text = "name,batch,weight_bits,activation_bits,latency_s\na,4,8,8,1\na,5,4,8,1\n"
    let thrown = #expect(throws: Diagnostics.self) {
      try CostSheet.readCSV(Data(text.utf8), file: "t.csv", clockHertz: nil)
    }
    #expect(
      thrown?.description
        == "t.csv:3:3: error: \"batch\" is 5 here and 4 at t.csv:2:3; a table is for one batch")
  }
}
