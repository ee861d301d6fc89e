import Core
import CostTables
import Diagnostics
import Foundation
import Testing

/// Tables as spreadsheets and people write them; the expected numbers are those that a person reads there.
@Suite("spreadsheets of costs")
struct SpreadsheetTests {
  private func read(
    _ text: String, _ reading: CostSheet.Reading = .init(clockHertz: 1e6)
  ) throws -> CostSheet {
    try CostSheet.read(Data(text.utf8), file: "t.csv", reading)
  }

  private func problem(_ text: String, _ reading: CostSheet.Reading = .init(clockHertz: 1e6)) -> String {
    do {
      _ = try read(text, reading)
      return "nothing was thrown"
    } catch { return "\(error)" }
  }

  /// Layer, precision and latency in nanoseconds, in the order of the rows.
  private func nanoseconds(_ sheet: CostSheet) -> [String] {
    sheet.rows.map { row in
      "\(row.name ?? "\(row.layer ?? -1)") \(row.precision) \(((row.costs?[.latency] ?? .nan) * 1e9).rounded())"
    }
  }

  private static let plain = ["a W4A4 175000.0", "b W8A8 350000.0"]

  @Test(
    "of every form give the same costs",
    arguments: [
      "name,weight_bits,activation_bits,latency_s\na,4,4,0.000175\nb,8,8,0.00035\n",
      "\u{FEFF}name,weight_bits,activation_bits,latency_s\r\na,4,4,0.000175\r\nb,8,8,0.00035\r\n",
      "name;weight_bits;activation_bits;latency_s\na;4;4;0,000175\nb;8;8;0,00035\n;;;\n\n",
      "name\tweight_bits\tactivation_bits\tlatency_s\na\t4\t4\t0.000175\nb\t8\t8\t0.00035\n",
      "name,weight_bits,activation_bits,latency_s\na,4,4,\"0,000175\"\nb,8,8,\"0,00035\"\n",
      " Name , Weight Bits , Activation-Bits , Latency [ms] \na,4,4,0.175\nb,8,8,0.35\n",
      "Layer Name,W Bits,A Bits,latency_us,Bemerkung,std\na,4,4,175,warm,3\nb,8,8,350,,2\n",
      "name,weight_bits,activation_bits,time (\u{B5}s)\na,4,4,175\nb,8,8,350\n",
      "name,weight_bits,activation_bits,latency_ns\na,4,4,175000\nb,8,8,350000\n",
      "name,weight_bits,activation_bits,Cycles\na,4,4,175\nb,8,8,350\n",
      "layer,bits,latency_ms\na,4,0.175\nb,W8A8,0.35\n",
      "layer,bits,latency_ms\na,4x4,0.175\nb,8/8,0.35\nc,8,-\n",
      "layer,W4A4 [us],W8A8 [us]\na,175,n/a\nb,,350\n",
      "layer;4x4 (ms);8x8 (ms)\na;0,175;-\nb;N/A;0,35\n",
      "layer,w4a4_cycles,w8a8_cycles\na,175,\nb,\u{2014},350\n",
    ])
  func forms(text: String) throws {
    #expect(nanoseconds(try read(text)) == Self.plain)
  }

  @Test("in UTF-16, as spreadsheets write text, are read too")
  func utf16() throws {
    let text = "name\tweight_bits\tactivation_bits\tlatency_s\na\t4\t4\t0.000175\nb\t8\t8\t0.00035\n"
    let bytes = try #require(text.data(using: .utf16))
    #expect(nanoseconds(try CostSheet.read(bytes, file: "t.csv", .init())) == Self.plain)
  }

  @Test("other costs have units too, and a header in another unit than its cost is no cost")
  func otherCosts() throws {
    let sheet = try read(
      "name,bits,latency_us,energy [mJ],weight_kb,traffic_bytes,time_bytes\na,8,5,2,3,7,9\n")
    #expect(sheet.metrics == [.latency, .energy, .trafficBytes])
    #expect(sheet.rows[0].costs?[.energy] == 2e-3)
    #expect(sheet.map?.ignored == ["weight_kb", "time_bytes"])
    let kibibytes = try read("name,bits,latency_us,weight [KiB]\na,8,5,3\n")
    #expect(kibibytes.rows[0].costs?[.weightBytes] == 3072)
    // A kilobyte is 1000 bytes to some and 1024 to others.
    #expect(problem("name,bits,latency_us,energy [furlong]\na,8,5,3\n").contains("unknown unit \"furlong\""))
  }

  @Test("a unit that is not stated is asked for, never guessed, and --unit states it")
  func units() throws {
    let text = "name,bits,latency\na,8,175\n"
    #expect(problem(text).contains("\"latency\" does not say its unit"))
    #expect(nanoseconds(try read(text, .init(unit: .microseconds))) == ["a W8A8 175000.0"])
    let wide = "name,4x4,8x8\na,175,350\n"
    #expect(problem(wide).contains("\"4x4\" does not say its unit"))
    #expect(
      nanoseconds(try read(wide, .init(unit: .microseconds))) == ["a W4A4 175000.0", "a W8A8 350000.0"])
    // A header that states its unit is believed.
    #expect(
      nanoseconds(try read("name,bits,latency_ms\na,8,1\n", .init(unit: .seconds))) == ["a W8A8 1000000.0"])
  }

  @Test("a comma that may be either is asked about")
  func commas() throws {
    let text = "name;bits;latency_us\na;8;1,234\nb;8;12,500\n"
    #expect(problem(text).contains("may be thousands as well as decimals"))
    #expect(nanoseconds(try read(text, .init(decimal: .comma))) == ["a W8A8 1234.0", "b W8A8 12500.0"])
    #expect(nanoseconds(try read(text + "c;8;0,5\n")) == ["a W8A8 1234.0", "b W8A8 12500.0", "c W8A8 500.0"])
    let both = "name;bits;latency_us\na;8;1.234,5\nb;8;12.5\n"
    #expect(problem(both).contains("which of them is the decimal mark cannot be told"))
    #expect(
      problem("name;bits;latency_us\na;8;1,5\n", .init(decimal: .point)).contains(
        "must be a number such as 12"))
  }

  @Test("a mark is a point that nobody measured; an empty row of its own is one that cannot run")
  func marks() throws {
    let sheet = try read("name,bits,latency_us\na,8,5\nb,8,-\nc,8,\n")
    #expect(sheet.rows.map(\.name) == ["a", "c"])
    #expect(sheet.rows[1].costs == nil)
    #expect(sheet.map?.notMeasured == 1)
    // NaN is what a program writes that went wrong, so it stays an error.
    #expect(problem("name,bits,latency_us\na,8,nan\n").contains("must be a number"))
  }

  @Test("what was understood can be printed")
  func map() throws {
    let map = try #require(
      try read("Layer;W4A8 [us];Bemerkung;x-board\na;0,5;x;y\nb;n/a;;\n\n").map)
    #expect(map.separator == "semicolon" && map.decimal == .comma && map.isWide)
    #expect(map.columns.map(\.meaning) == ["name", "latency"])
    #expect(map.columns[1].unit == "us" && map.columns[1].precision == Precision("W4A8"))
    #expect(map.ignored == ["Bemerkung", "x-board"])
    #expect(map.notMeasured == 1 && map.blankLines == 1 && !map.isPlain)
    #expect(try read("name,weight_bits,activation_bits,latency_s\na,4,4,1\n").map?.isPlain == true)
  }
}
