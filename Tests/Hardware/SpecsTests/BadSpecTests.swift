import Diagnostics
import Foundation
import Specs
import Testing

/// A problem that a file of Tests/Fixtures/specs/bad has; lines and columns were counted in the file.
struct Expected: Sendable, CustomStringConvertible {
  let file: String
  let line: Int
  let column: Int
  let text: String

  init(_ file: String, _ line: Int, _ column: Int, _ text: String) {
    (self.file, self.line, self.column, self.text) = (file, line, column, text)
  }

  var description: String { "\(file):\(line):\(column)" }
}

struct BadSpecTests {
  static let expected = [
    Expected("abi-2", 17, 64, "this program speaks plugin ABI 1. Rebuild"),
    Expected("after-wide-text", 4, 17, "has no key \"colour\""),
    Expected(
      "check-off-width", 21, 100, "output height 9 does not follow from input 8, kernel 1 and stride 1"),
    Expected("bad-pairs", 13, 31, "\"capabilities.pairs[2]\" is \"4x4\"; 4-bit weights with 8-bit"),
    Expected(
      "check-off-pair", 20, 5, "the check \"mixed\" is at W4A8, which \"capabilities.pairs\" does not"),
    Expected("check-off-width", 21, 100, "output width 9"),
    Expected("check-off-width", 22, 22, "\"checks[0].weight_bits\" is 3; this target supports 2, 4, 8"),
    Expected("check-off-width", 23, 17, "must state at least one cost"),
    Expected("check-off-width", 23, 19, "it has \"latency_s\". Did you mean \"latency_s\"?"),
    Expected("check-format", 18, 5, "a check has either \"weight_bits\" or \"weight_format\""),
    Expected("check-format", 22, 24, "\"checks[1].weight_format\" is fp16; this target supports 8, bf16"),
    Expected(
      "check-format", 24, 5, "the check \"kind\" is at bf16/bf16, which \"capabilities.precisions\" does not"),
    Expected("clock-word", 18, 31, "\"clock_hz\" must be a number > 0, not true"),
    Expected("clock-word", 18, 42, "the parameter \"x\" must be a number, text, true, false or an object"),
    Expected(
      "duplicate-key", 8, 3, "the key \"name\" appears twice; it first appears at bad/duplicate-key.json:4:3"),
    Expected(
      "evidence-unfounded", 8, 15,
      "says \"measured\", but \"sources\" says that every number is an assumption"),
    Expected("evidence-word", 8, 15, "\"evidence\" lacks the key \"statement\""),
    Expected("evidence-word", 8, 27, "\"evidence.status\" is \"inferrd\"; allowed: \"measured\""),
    Expected("evidence-word", 8, 38, "\"evidence\" has no key \"source\""),
    Expected(
      "format-kinds", 11, 33, "\"capabilities.precisions\" lists W8A8 twice"),
    Expected("format-kinds", 11, 41, "has bf16/bf16 for \"matmul\" layers, which are not in"),
    Expected("format-name", 11, 33, "\"capabilities.precisions[1]\" is \"fp8/bf16\"; 4-bit weights"),
    Expected("format-name", 11, 55, "is \"int4\"; 4-bit weights with 8-bit activations are written"),
    Expected("format-name", 12, 18, "\"capabilities.reference\" is \"int8\"; 4-bit weights"),
    Expected("function-arguments", 21, 51, "\"model.functions.latency.scale\" is 0; it must be a number > 0"),
    Expected("function-arguments", 22, 21, "is \"u33\"; allowed: \"i8\""),
    Expected("function-arguments", 23, 37, "Did you mean \"layer.in_channels\"?"),
    Expected("function-arguments", 24, 39, "is 300; u8 holds whole numbers 0 to 255"),
    Expected("function-arguments", 25, 40, "is 0.5; i32 holds whole numbers"),
    Expected("function-arguments", 26, 37, "\"parameters.clock_hz\", which is 100000000; u16 holds"),
    Expected("function-arguments", 27, 37, "no such parameter. Did you mean \"parameters.clock_hz\"?"),
    Expected("function-arguments", 28, 37, "\"parameters.memory\", which is text"),
    Expected("function-arguments", 29, 11, "has both \"value\" and \"constant\""),
    Expected("function-arguments", 30, 11, "needs a \"value\" or a \"constant\""),
    Expected("function-arguments", 31, 32, "has no key \"constant\"; it has \"type\""),
    Expected("function-results", 19, 18, "lacks the key \"buffer_bytes\""),
    Expected("function-results", 20, 30, "is \"f g\"; it must be the name of a symbol"),
    Expected("function-results", 21, 17, "returns f64 beside \"out.f64\""),
    Expected("function-results", 22, 23, "has 2 arguments \"out.f64\""),
    Expected("function-results", 23, 24, "returns nothing and has no argument \"out.f64\""),
    Expected("function-results", 24, 7, "has no key \"colour\""),
    Expected("function-unchecked", 17, 12, "needs at least one entry in \"checks\""),
    Expected("half-surrogate", 4, 11, "surrogates in pairs"),
    Expected("huge-number", 18, 31, "\"1e999\" is not a JSON value"),
    Expected(
      "isolated", 17, 12, "\"timeout_s\" needs a separate process, but \"isolation\" is \"in-process\""),
    Expected("isolation-word", 17, 84, "allowed: \"process\", \"in-process\". Did you mean \"process\"?"),
    Expected(
      "isolation-word", 17, 107, "\"model.timeout_s\" is 0; it must be between 0.001 and 86400 seconds"),
    Expected("kind-without-pair", 11, 19, "leaves \"convolution\" layers without a pair"),
    // The digit after the zero is what cannot be.
    Expected("leading-zero", 8, 13, "not JSON: number with leading zero"),
    Expected("library-outside", 17, 43, "stays inside the spec's folder"),
    Expected("lone-width", 13, 14, "\"capabilities.pairs\" has W3A4, but \"weight_bits\" has no 3"),
    Expected("lone-width", 13, 14, "leaves weights of 2 bits without activations"),
    Expected("lone-width", 13, 14, "leaves activations of 4 bits without weights"),
    Expected("missing-keys", 1, 1, "the target spec lacks the key \"version\""),
    Expected("missing-keys", 1, 1, "the target spec lacks the key \"batch\""),
    Expected("misspelt-kind", 10, 31, "Did you mean \"fully-connected\"?"),
    Expected("misspelt-true", 18, 44, "\"ture\" is not a JSON value"),
    Expected(
      "no-reference", 9, 19,
      "lacks the key \"reference\": int8/int8 is no legal pair of \"convolution\" layers"),
    Expected("other-family", 2, 13, "\"schema\" is \"haq.network/1.0\"; this reads \"haq.target/1.1\""),
    Expected("other-major", 2, 13, "this program reads major version 1"),
    Expected("program-command", 17, 56, "\"model.command[1]\" must not be empty"),
    Expected("program-command", 17, 61, "\"model.command[2]\" has a character NUL, which no"),
    Expected("program-command", 17, 87, "\"model.timeout_s\" is 0; it must be between 0.001"),
    Expected("program-command", 17, 90, "\"model\" has no key \"shell\""),
    Expected("ends-empty", 12, 13, "\"capabilities.ends\" has neither \"first\" nor \"last\""),
    Expected(
      "ends-nowhere", 12, 13,
      "\"capabilities.ends\" has fp8-e4m3/bf16, which is no legal pair of any kind of layer. Legal are W8A8, bf16/bf16."
    ),
    Expected(
      "reference-of-some", 12, 18,
      "\"capabilities.reference\" is bf16/bf16, which is no legal pair of \"convolution\" layers"),
    Expected("required-key", 8, 15, "the target spec has no key \"colour\""),
    Expected("several", 8, 12, "\"batch\" is 0; it must be a whole number 1 to 65536"),
    Expected("several", 11, 20, "\"capabilities.weight_bits\" must be ascending, each width once"),
    Expected("several", 13, 14, "\"capabilities.pairs\" must be \"all\", \"equal\" or a list of pairs"),
    Expected("several", 18, 31, "\"clock_hz\" must be a number > 0, not a list"),
    Expected("table-array", 17, 12, "lacks the key \"unit\""),
    Expected("table-file", 17, 39, "stays inside the spec's folder"),
    Expected("table-file", 17, 87, "is \"cubic\"; allowed: \"linear\""),
    Expected(
      "table-network", 15, 44,
      "is \"network\", which needs a model of kind \"plugin\" with the extension haq.network/1"),
    Expected("table-unit", 17, 56, "\"model.unit\" is for .npy files"),
    Expected("trailing-comma", 17, 69, "a comma before \"}\" is not JSON. Remove the comma."),
    Expected(
      "two-forms", 12, 20, "has \"precisions\" and \"weight_bits\", which is a short form of the same"),
    Expected("two-forms", 13, 14, "has \"precisions\" and \"pairs\""),
    Expected(
      "unclosed-list", 16, 3, "this \"}\" appears where the \"[\" of bad/unclosed-list.json:12:24 is open"),
    Expected("unclosed-text", 4, 11, "this text is not closed on its line"),
    Expected("unequal", 13, 14, "leaves weights of 2 bits without activations"),
    Expected("unknown-kind", 17, 22, "is \"tabel\"; allowed: \"plugin\", \"table\", \"function\""),
    Expected("unknown-key", 1, 1, "lacks the key \"summary\""),
    Expected("unknown-key", 6, 3, "Did you mean \"summary\"?"),
    Expected(
      "width-33", 12, 28, "\"capabilities.activation_bits[1]\" is 33; it must be a whole number 1 to 32"),
    Expected("wrong-id", 3, 9, "\"id\" is \"other-id\", but the file is called \"wrong-id.json\""),
  ]

  @Test(
    "a bad spec gets exactly these problems, in file order", arguments: Set(expected.map(\.file)).sorted())
  func problems(file: String) throws {
    let wanted = Self.expected.filter { $0.file == file }
    let thrown = #expect(throws: Diagnostics.self) { try Fixtures.spec("bad/\(file)") }
    let found = try #require(thrown).all
    #expect(found.count == wanted.count, "\(found.map(\.description))")
    for (diagnostic, expected) in zip(found, wanted) {
      #expect(diagnostic.place?.line == expected.line, "\(diagnostic)")
      #expect(diagnostic.place?.column == expected.column, "\(diagnostic)")
      #expect(diagnostic.description.contains(expected.text), "\(diagnostic)")
    }
  }

  @Test("every bad fixture is expected to fail")
  func complete() throws {
    let folder = Fixtures.root.appending(path: "Tests/Fixtures/specs/bad").path
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(Set(files) == Set(Self.expected.map { $0.file + ".json" }))
  }

  @Test("a whole file that is not JSON text is refused before it is parsed")
  func files() {
    func message(_ bytes: [UInt8]) -> String {
      do {
        _ = try TargetSpec.read(Data(bytes), file: "x.json")
        return "accepted"
      } catch { return "\(error)" }
    }
    #expect(message([0xEF, 0xBB, 0xBF] + Array("{}".utf8)).contains("byte order mark"))
    #expect(message([0x7B, 0xFF, 0x7D]).contains("not UTF-8"))
    #expect(message([]).contains("the file is empty"))
    #expect(message(Array(repeating: 0x20, count: 1 << 20)).contains("the file is empty"))
    #expect(message(Array(repeating: 0x20, count: 1 << 20 + 1)).contains("at most 1048576 are read"))
    #expect(message(Array("3".utf8)).contains("the target spec must be an object, not the number 3"))
  }

  @Test("32 levels are read, 33 are refused at the bracket that is too deep")
  func depth() throws {
    func nested(_ levels: Int) -> Data {
      Data((String(repeating: "[", count: levels) + String(repeating: "]", count: levels)).utf8)
    }
    _ = try PositionedValue.read(nested(32), file: "x")
    let thrown = #expect(throws: Diagnostics.self) { try PositionedValue.read(nested(33), file: "x") }
    #expect(thrown?.all.first?.place?.column == 33)
  }
}
