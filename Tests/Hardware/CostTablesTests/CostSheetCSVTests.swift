import Core
import CostTables
import Diagnostics
import Foundation
import Testing

struct CostSheetCSVTests {
  private func read(_ text: String, clockHertz: Double? = nil) throws -> CostSheet {
    try CostSheet.readCSV(Data(text.utf8), file: "t.csv", clockHertz: clockHertz)
  }

  private func problems(_ text: String, clockHertz: Double? = nil) -> [String] {
    do {
      _ = try read(text, clockHertz: clockHertz)
      return []
    } catch let diagnostics as Diagnostics {
      return diagnostics.all.map(\.description)
    } catch { return ["\(error)"] }
  }

  @Test("columns come in any order, and those that begin with x- are passed over")
  func columns() throws {
    let sheet = try read(
      "x-board,energy_j,activation_bits,name,weight_bits,latency_s\nA,2e-3,4,conv,8,0.5\nB,,8,conv,8,\n")
    #expect(sheet.metrics == [.latency, .energy])
    #expect(sheet.identity == .names)
    #expect(sheet.rows.count == 2)
    #expect(sheet.rows[0].precision == Precision("W8A4"))
    #expect(sheet.rows[0].name == "conv")
    #expect(sheet.rows[0].costs == [.latency: 0.5, .energy: 0.002])
    #expect(sheet.rows[1].costs == nil)
  }

  @Test("cycles become seconds by the clock, and are refused without one")
  func cycles() throws {
    let text = "name,weight_bits,activation_bits,cycles\na,8,8,300\n"
    let sheet = try read(text, clockHertz: 150)
    #expect(sheet.rows[0].costs == [.latency: 2])
    #expect(sheet.latencyUnit == .cycles)
    #expect(
      problems(text) == [
        "t.csv:1:1: error: the table counts cycles, and no clock is stated. Give --clock-hz, or the target's spec the "
          + "parameter \"clock_hz\"."
      ])
  }

  @Test("shapes are read, squares also as one number")
  func shapes() throws {
    let sheet = try read(
      """
      name,weight_bits,activation_bits,latency_s,kind,groups,in_channels,out_channels,input,output,kernel,stride
      a,2,2,1,convolution,2,4,8,7x5,7x5,3,1x1
      """)
    let layer = Layer(
      name: "other", kind: .convolution, groups: 2, inputChannels: 4, outputChannels: 8,
      input: Extent(height: 7, width: 5), output: Extent(height: 7, width: 5), kernel: Extent(square: 3))
    #expect(sheet.identity == .shapes)
    #expect(sheet.rows[0].shape == LayerShape(layer))
  }

  @Test("quoted names keep commas, marks and line ends, also with carriage returns")
  func quoting() throws {
    let sheet = try read(
      "name,weight_bits,activation_bits,latency_s\r\n\"a, \"\"b\"\"\n\",1,1,1\r\nc,1,1,1\r\n")
    #expect(sheet.rows.map(\.name) == ["a, \"b\"\n", "c"])
    // The quoted line end counts: the second row stands on the fourth line.
    #expect(sheet.rows[1].place.description == "t.csv:4:1")
  }

  @Test("every bad cell is reported at once, with its line and column")
  func cells() {
    let text = """
      name,weight_bits,activation_bits,latency_s,energy_j
      é,0,8,1,1
      a,8,33,-1,nan
      a,4,4,1
       ,4,4,1e16,0x10
      b,2,2,,1
      c,2,2,1,1
      c,2,2,1,1
      """
    let range = "it must be a whole number 1 to 32"
    let number = "it must be a number such as 12, 0.5 or 2e-6"
    #expect(
      problems(text) == [
        "t.csv:2:3: error: \"weight_bits\" is \"0\"; \(range)",
        "t.csv:3:5: error: \"activation_bits\" is \"33\"; \(range)",
        "t.csv:3:8: error: \"latency_s\" is -1; a cost is 0 to 1e15",
        "t.csv:3:11: error: \"energy_j\" is \"nan\"; \(number)",
        "t.csv:4:1: error: the row has 4 fields; the header has 5",
        "t.csv:5:1: error: \"name\" must not be empty",
        "t.csv:5:7: error: \"latency_s\" is 1e16; a cost is 0 to 1e15",
        "t.csv:5:12: error: \"energy_j\" is \"0x10\"; \(number)",
        "t.csv:6:7: error: \"latency_s\" is empty, but the row states other costs. Leave all costs of a row empty "
          + "where the target cannot run the point, or write - where it was not measured.",
        "t.csv:8:1: error: the point W2A2 of layer \"c\" appears twice; first at t.csv:7:1. Remove one of them.",
      ])
  }

  @Test(
    "a bad header is reported before any row",
    arguments: [
      (
        "name,weight_bits,activation_bits,latency",
        ["t.csv:1:34: error: \"latency\" does not say its unit"]
      ),
      (
        "name,weight_bits,activation_bits,latency [furlongs]",
        ["t.csv:1:34: error: \"latency [furlongs]\" has the unknown unit \"furlongs\""]
      ),
      ("name,weight_bits,activation_bits,laten_s", ["lacks a column of latencies with its unit"]),
      ("name,weight_bits,activation_bits,time_ms,latency_s", ["has both \"time_ms\" and \"latency_s\""]),
      ("name,bits,weight_bits,latency_s", ["has a column \"bits\" beside \"weight_bits\""]),
      (
        "name,weight_bits,W4A4,W8A8",
        ["\"W4A4\" does not say its unit", "\"W8A8\" does not", "widths are both"]
      ),
      (
        "name,w_bit,activation_bit,latency_s,latency_ms",
        ["has both \"latency_s\" and \"latency_ms\""]
      ),
      (
        "name,weight_bits,weight_bits,activation_bits,latency_s",
        ["t.csv:1:18: error: there are two columns \"weight_bits\""]
      ),
      (
        "weight_bits,activation_bits,latency_s,kind",
        ["it lacks the columns \"groups\", \"in_channels\""]
      ),
      ("weight_bits,activation_bits,latency_s", ["it lacks the column \"name\" or \"layer\""]),
      ("name,latency_s", ["lacks the column \"weight_bits\"", "lacks the column \"activation_bits\""]),
      (
        "name,weight_bits,activation_bits,latency_s,cycles",
        ["has both \"latency_s\" and \"cycles\"", "in cycles and in seconds"]
      ),
    ])
  func headers(header: String, expected: [String]) {
    let found = problems(header + "\nrow\n", clockHertz: 1)
    #expect(found.count == expected.count, "\(found)")
    for (problem, text) in zip(found, expected) { #expect(problem.contains(text)) }
  }

  @Test(
    "what is not CSV is refused at its place",
    arguments: [
      ("", "t.csv: error: the file is empty"),
      ("name\n\"a", "t.csv:2:1: error: this quoted field is never closed"),
      ("name\na\"b", "t.csv:2:2: error: a quotation mark inside a field"),
      ("name\n\"a\"b", "t.csv:2:4: error: text after the closing quotation mark"),
      ("name,weight_bits,activation_bits,latency_s\n", "t.csv: error: the table has a header but no rows"),
      ("name,weight_bits,activation_bits,latency_s\n\n", "t.csv: error: the table has a header but no rows"),
      (
        "name,weight_bits,activation_bits,latency_s\na,8,8,-\n",
        "t.csv: error: no cost of the table was measured"
      ),
    ])
  func notCSV(text: String, expected: String) {
    #expect(problems(text).first?.hasPrefix(expected) == true, "\(problems(text))")
  }
}
