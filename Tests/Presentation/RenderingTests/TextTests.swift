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

  @Test("JSON is sorted and leaves slashes alone")
  func json() throws {
    #expect(try JSONReport.text(of: ["b": "x/y", "a": "z"]) == "{\n  \"a\" : \"z\",\n  \"b\" : \"x/y\"\n}\n")
  }
}
