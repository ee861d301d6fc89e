import Diagnostics
import Foundation
import Testing

@Suite("Diagnostics")
struct DiagnosticTests {
  private let place = Diagnostic.Place(file: "chip.json", line: 3, column: 14)

  @Test("name file, line and column in the form that editors jump to")
  func form() {
    let diagnostic = Diagnostic("batch must be at least 1.", at: place, hint: "Write 16.")
    #expect(diagnostic.description == "chip.json:3:14: error: batch must be at least 1. Write 16.")
    #expect(diagnostic.text(as: .warning) == "chip.json:3:14: warning: batch must be at least 1. Write 16.")
    #expect(diagnostic.text == "chip.json:3:14: batch must be at least 1. Write 16.")
  }

  @Test("leave out what is not known of the place")
  func places() {
    #expect(Diagnostic("is empty", at: .init(file: "a.csv", line: 7)).text == "a.csv:7: is empty")
    #expect(Diagnostic("is empty", at: .init(file: "a.csv")).text == "a.csv: is empty")
    #expect(Diagnostic("is empty").description == "error: is empty")
  }

  @Test("end the message before a hint with exactly one full stop")
  func hints() {
    #expect(Diagnostic("a is wrong", hint: "Write b.").text == "a is wrong. Write b.")
    #expect(Diagnostic("a is wrong.", hint: "Write b.").text == "a is wrong. Write b.")
  }

  @Test("are reported together, one a line")
  func several() {
    let both = Diagnostics([Diagnostic("a", at: place), Diagnostic("b")])
    #expect(both.description == "chip.json:3:14: error: a\nerror: b")
  }
}

@Suite("Suggestions")
struct SuggestionTests {
  private let metrics = ["latency", "energy", "weight_bytes"]

  @Test("name the candidate with the fewest edits, whatever the case")
  func closest() {
    // One letter replaced; one left out; two exchanged, which are two replacements.
    #expect(Suggestion.closest(to: "latancy", among: metrics) == "latency")
    #expect(Suggestion.closest(to: "enery", among: metrics) == "energy")
    #expect(Suggestion.closest(to: "LATECNY", among: metrics) == "latency")
    #expect(Suggestion.sentence(for: "enery", among: metrics) == "Did you mean \"energy\"?")
  }

  @Test("are not made beyond a third of the candidate's length")
  func limit() {
    // 12 letters allow 4 edits: "weight_bytes" without its last 4 and without its last 5.
    #expect(Suggestion.closest(to: "weight_b", among: metrics) == "weight_bytes")
    #expect(Suggestion.closest(to: "weight_", among: metrics) == nil)
    // Short words allow one edit.
    #expect(Suggestion.closest(to: "w", among: ["kw"]) == "kw")
    #expect(Suggestion.closest(to: "x", among: ["kw"]) == nil)
    #expect(Suggestion.sentence(for: "nothing", among: []) == nil)
  }

  @Test("take the first of equally close candidates")
  func ties() {
    #expect(Suggestion.closest(to: "bat", among: ["cat", "bad", "mat"]) == "cat")
  }
}

@Suite("The system's reasons")
struct SystemReasonTests {
  @Test("are found behind Foundation's errors")
  func reasons() throws {
    let missing = URL(filePath: "/nowhere/at/all")
    let read = #expect(throws: (any Error).self) { try Data(contentsOf: missing) }
    #expect(read?.systemReason == "No such file or directory")
    let write = #expect(throws: (any Error).self) { try Data().write(to: missing) }
    #expect(write?.systemReason == "No such file or directory")
    #expect(POSIXError(.EACCES).systemReason == "Permission denied")
  }
}
