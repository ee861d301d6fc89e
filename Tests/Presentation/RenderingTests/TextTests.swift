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

  @Test(
    "four significant digits with an engineering prefix",
    arguments: [
      (0.0577, "57.70 ms"), (0.99996, "1.000 s"), (0.00999996, "10.00 ms"), (1.5e-6, "1.500 µs"),
      (0.0999996, "100.0 ms"),
      (0, "0 s"), (123.44, "123.4 s"), (2.5e-9, "2.500 ns"),
    ])
  func seconds(value: Double, text: String) { #expect(Quantity.seconds(value) == text) }

  @Test("bytes and counts are whole below a thousand")
  func wholeUnits() {
    #expect(Quantity.bytes(999) == "999 B")
    #expect(Quantity.bytes(3_470_000) == "3.470 MB")
    #expect(Quantity.count(300_774_272) == "300.8 M")
    #expect(Quantity.count(64) == "64")
    #expect(Quantity.percent(0.1234) == "12.3 %")
    #expect(Quantity.joules(0.00125) == "1.250 mJ")
  }

  @Test("JSON is sorted and leaves slashes alone")
  func json() throws {
    #expect(try JSONReport.text(of: ["b": "x/y", "a": "z"]) == "{\n  \"a\" : \"z\",\n  \"b\" : \"x/y\"\n}\n")
  }
}
