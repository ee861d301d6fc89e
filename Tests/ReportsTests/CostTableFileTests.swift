import Foundation
import HardwareModel
import Reports
import Testing

/// Latency = (layer + 1) x weight bits x activation bits cycles at 100 Hz; odd cells may be missing.
private struct ProductModel: CostModel {
  var clock = 100.0
  var missing: Precision?

  func outcomes(of points: [Point], in network: Network) -> [PointOutcome] {
    points.map { point in
      if point.precision == missing { return .unsupported }
      let cycles = (point.layer + 1) * point.precision.weight.bits * point.precision.activation.bits
      return .cost(Cost(values: [.latency: Double(cycles) / clock]))
    }
  }
}

struct CostTableFileTests {
  private func table(widths: [Int], _ model: ProductModel = ProductModel()) throws -> CostTable {
    let layers = ["a", "b, \"c\""].map {
      Layer(name: $0, kind: .fullyConnected, inputChannels: 1, outputChannels: 1)
    }
    let widths = widths.compactMap(BitWidth.init)
    return try CostTable(
      of: Network(name: "n", layers: layers), from: model, weightWidths: widths, activationWidths: widths,
      aggregates: [.latency: .sum],
      provenance: .init(
        target: "t", specSHA256: "", librarySHA256: nil, networkSHA256: "", programVersion: ""))
  }

  @Test("CSV has a row per point, names quoted, shapes, empty where the target cannot run")
  func csv() throws {
    let text = try table(widths: [2, 4], ProductModel(missing: Precision("W4A2"))).csv()
    #expect(
      text == """
        layer,name,weight_bits,activation_bits,latency_s,kind,groups,in_channels,out_channels,input,output,kernel,stride
        0,a,2,2,0.04,fully-connected,1,1,1,1x1,1x1,1x1,1x1
        0,a,2,4,0.08,fully-connected,1,1,1,1x1,1x1,1x1,1x1
        0,a,4,2,,fully-connected,1,1,1,1x1,1x1,1x1,1x1
        0,a,4,4,0.16,fully-connected,1,1,1,1x1,1x1,1x1,1x1
        1,"b, ""c""\",2,2,0.08,fully-connected,1,1,1,1x1,1x1,1x1,1x1
        1,"b, ""c""\",2,4,0.16,fully-connected,1,1,1,1x1,1x1,1x1,1x1
        1,"b, ""c""\",4,2,,fully-connected,1,1,1,1x1,1x1,1x1,1x1
        1,"b, ""c""\",4,4,0.32,fully-connected,1,1,1,1x1,1x1,1x1,1x1

        """)
  }

  @Test("cycles are whole numbers, or an error that names the cell")
  func cycles() throws {
    let text = try table(widths: [2]).csv(unit: .cycles(CycleColumn(clock_hz: 100)))
    #expect(text.hasPrefix("layer,name,weight_bits,activation_bits,cycles,kind,"))
    #expect(text.contains("\n0,a,2,2,4,fully-connected,"))
    // 0.04 s at 110 Hz is 4.4 cycles.
    let thrown = #expect(throws: TableError.self) {
      try table(widths: [2]).csv(unit: .cycles(CycleColumn(clock_hz: 110)))
    }
    #expect(thrown?.description.contains("a at W2A2 takes 4.4 cycles at 110.0 Hz") == true)
  }

  @Test("the NumPy file has version 1.0, an aligned header and cells in [layer][weight][activation] order")
  func numPy() throws {
    let data = try table(widths: Array(1...8)).numPy(cycles: CycleColumn(clock_hz: 100))
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

  @Test("a NumPy file needs every width 1 to 8 and every cell")
  func numPyRefuses() throws {
    let column = CycleColumn(clock_hz: 100)
    #expect(throws: TableError.missingWidths(target: "t")) {
      try table(widths: [2, 4]).numPy(cycles: column)
    }
    let holed = try table(widths: Array(1...8), ProductModel(missing: Precision("W3A5")))
    #expect(throws: TableError.missingCell("a at W3A5")) { try holed.numPy(cycles: column) }
  }
}
