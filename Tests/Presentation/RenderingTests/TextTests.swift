import Core
import Rendering
import Testing

struct TextTests {
  @Test("columns align by what a terminal shows, without trailing spaces")
  func table() {
    var table = TextTable([.init("name"), .init("bits"), .init("ms", .right)])
    table.add(["a", "▇▇··", "1.5"])
    table.add(["層", "▇···", "12.25"])
    table.addRule()
    table.add(["total", "", "13.75"])
    #expect(
      table.text == """
        name   bits     ms
        ──────────────────
        a      ▇▇··    1.5
        層     ▇···  12.25
        ──────────────────
        total        13.75

        """)
  }

  @Test(
    "one mark per bit up to 8, shares above, never none",
    arguments: [
      (4, 8, "▇▇▇▇····"), (1, 8, "▇·······"), (8, 8, "▇▇▇▇▇▇▇▇"), (2, 4, "▇▇··"), (16, 32, "▇▇▇▇····"),
      (1, 32, "▇·······"),
    ])
  func bars(bits: Int, total: Int, bar: String) throws {
    #expect(BitBar.text(try #require(BitWidth(bits)), of: try #require(BitWidth(total))) == bar)
  }

  @Test("floats have bars of their own, and the bars of integers beside them are as without")
  func floatBars() throws {
    let (bf16, groups) = (BitWidth(formatName: "bf16"), BitWidth(formatName: "int16-g128"))
    let widths = try [BitWidth(4), .eight, bf16, .float].map { try #require($0) }
    let total = BitBar.total(of: widths)
    #expect(total == .eight)
    #expect(
      widths.map { BitBar.cell($0, of: total) } == [
        "▇▇▇▇···· 4", "▇▇▇▇▇▇▇▇ 8", "▒▒▒▒▒▒▒▒ bf16", "▒▒▒▒▒▒▒▒ fp32",
      ])
    #expect(BitBar.total(of: [.float]) == .eight)
    #expect(BitBar.cell(.float, of: .float) == "▒▒▒▒▒▒▒▒ fp32")
    // Integers of 16 bits are none.
    #expect(BitBar.text(try #require(groups), of: try #require(groups)) == "▇▇▇▇▇▇▇▇")
  }

  @Test("a chart of bits draws floats as hollow bars over the whole height, beside bars of 8 bits")
  func floatChart() throws {
    func chart(_ pairs: [String]) throws -> String {
      let entries = try pairs.map {
        PolicyChart.Entry(
          name: "a", group: .convolution, precision: try #require(Precision($0)), intensity: 3)
      }
      return PolicyChart(title: "t", entries: entries).svg
    }
    /// The heights of bars with this in their tooltip.
    func heights(_ svg: String, _ tooltip: String) -> [Double] {
      svg.split(separator: "<rect").filter { $0.contains(tooltip) }.compactMap { bar in
        bar.firstMatch(of: /height="([0-9.]+)"/).flatMap { Double($0.1) }
      }
    }
    let mixed = try chart(["W8A8", "W32A32"])
    let eight = heights(mixed, "8 weight bits")
    #expect(eight.count == 1 && heights(mixed, "fp32, weight bits") == eight)
    #expect(mixed.contains("hollow: 16- or 32-bit floats"))
    #expect(try heights(chart(["W8A8", "W8A8"]), "8 weight bits") == eight + eight)
    #expect(try !chart(["W8A8", "W4A4"]).contains("hollow"))
  }

  @Test("JSON is sorted and leaves slashes alone")
  func json() throws {
    #expect(try JSONReport.text(of: ["b": "x/y", "a": "z"]) == "{\n  \"a\" : \"z\",\n  \"b\" : \"x/y\"\n}\n")
  }
}
