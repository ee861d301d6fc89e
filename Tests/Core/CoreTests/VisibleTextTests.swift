import Core
import Testing

@Suite("Text of others")
struct VisibleTextTests {
  @Test("is shown without what a terminal obeys")
  func visible() {
    // Escape sequences that clear the screen and set the clipboard, the same by C1, and text that turns around.
    #expect("a\u{1B}[2Jb".visible == #"a\u{1B}[2Jb"#)
    #expect("\u{9B}2J\u{07}\u{7F}".visible == #"\u{9B}2J\u{07}\u{7F}"#)
    #expect("\u{202E}cba\u{2066}".visible == #"\u{202E}cba\u{2066}"#)
    #expect("\r\n".visible == "\\u{0D}\n" && "a\tb\n".visible == "a\tb\n")
    #expect("a\tb\nc\u{2028}".visibleLine == #"a\u{09}b\u{0A}c\u{2028}"#)
  }

  @Test("is left alone otherwise, and by a second call")
  func others() {
    for text in ["", "conv1.weight", "Größe 3×3", "畳み込み", "👩‍👩‍👧", #"C:\u{1B}"#] {
      #expect(text.visible == text && text.visibleLine == text && text.escapedJSON == text)
    }
    let once = "\u{1B}]0;x\u{07}".visible
    #expect(once.visible == once)
  }

  @Test("in JSON is escaped as JSON escapes, so that it is read back")
  func json() {
    // RFC 8259, section 7: above U+FFFF as a pair of surrogates; U+E0001 is DB40 DC01.
    #expect("\"\u{9B}\u{202E}\u{E0001}\"\n".escapedJSON == "\"\\u009b\\u202e\\udb40\\udc01\"\n")
  }
}

@Suite("Text columns of CSV")
struct CSVCellTests {
  static let cells = [
    ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"), ("+1", "'+1"), ("-x", "'-x"), ("@sum", "'@sum"),
    ("'=a", "''=a"), ("''-", "'''-"), ("conv-1", "conv-1"), ("'quoted'", "'quoted'"), ("", ""),
    ("a,b", "\"a,b\""), ("say \"x\"", "\"say \"\"x\"\"\""), ("two\nlines", "\"two\nlines\""),
    ("\u{1B}[2J", #"\u{1B}[2J"#), ("=a,b", "\"'=a,b\""),
  ]

  @Test("are no formulas, and no commands to a terminal", arguments: cells)
  func written(text: String, cell: String) { #expect(CSVCell.text(text) == cell) }

  @Test("are read back", arguments: cells.map(\.0))
  func read(text: String) {
    var field = CSVCell.text(text)
    if field.hasPrefix("\"") { field = String(field.dropFirst().dropLast()).replacing("\"\"", with: "\"") }
    #expect(CSVCell.read(field) == text.visible)
  }
}
