import Diagnostics
import FixtureBuilding
import Foundation
import SchemaValidation
import Specs
import Testing

/// The schema for editors against our own reader, which is the one that decides.
@Suite("The JSON Schema of specs", .serialized)
struct JSONSchemaTests {
  @Test("allows every good spec", arguments: ["hardware-specs", "Tests/Fixtures/specs/good"])
  func good(folder: String) throws {
    let refusals = try SchemaVerdicts.refusals(in: "\(Places.package)/\(folder)")
    #expect(refusals.count >= 8)
    for (name, refusal) in refusals { #expect(refusal == nil, "\(name)") }
  }

  /// Bad specs that only our reader refuses, and why no schema can.
  static let readerOnly = [
    "check-off-pair": "compares a check with capabilities",
    "ends-nowhere": "compares the pairs of the ends with all pairs",
    "format-kinds": "compares pairs with the kinds of layers",
    "half-surrogate": "about the text of the file; parsers differ in what they let pass",
    "huge-number": "about the text of the file; parsers differ in what they let pass",
    "kind-without-pair": "compares pairs with the kinds of layers",
    "lone-width": "compares pairs with the lists of widths",
    "no-reference": "compares int8/int8 with the pairs",
    "reference-of-some": "compares the reference with the pairs",
    "required-key": "a key of a later minor version, which a schema of this one must let pass",
    "unequal": "compares the two lists of widths",
    "wrong-id": "compares the id with the name of the file",
  ]

  @Test("refuses every bad spec whose fault a schema can see")
  func bad() throws {
    let refusals = try SchemaVerdicts.refusals(in: "\(Places.package)/Tests/Fixtures/specs/bad")
    #expect(refusals.count == Set(BadSpecTests.expected.map(\.file)).count)
    let allowed = refusals.filter { $0.value == nil }.keys
    #expect(allowed.sorted() == Self.readerOnly.keys.sorted())
  }

  /// What only the reader compares, in the words of its messages.
  private static let readerMessages = [
    "the file is called", "must be ascending", "leaves weights of", "leaves activations of",
    "but \"weight_bits\" has no", "but \"activation_bits\" has no",
    "no legal pair of", "without a pair", "twice", "\"capabilities.precisions\" does not have",
    "this target supports", "is not in \"capabilities.layers\"", "\"capabilities.pairs\" does not have",
    "two checks called", "is not a parameter of this spec", "\"parameters\" has no number",
    "low must be below high", "has no such parameter", "which is text; functions take numbers",
    "so 1", "does not follow from input", "depthwise has", "groups do not divide", "layer has kernel 1",
    "layer has stride 1", "layer has 1 group", "layer has input 1", "has the output extent of its input",
    "more than 1e15 multiply-accumulates", "too large for f32", "holds whole numbers",
  ]

  @Test(
    "agrees with the reader on specs that differ from a good one in one place",
    arguments: [
      "good/function", "good/table-array", "good/pairs", "good/mentioned", "good/program", "good/formats",
    ])
  func mutants(of name: String) throws {
    let good = try Fixtures.bytes("Tests/Fixtures/specs/\(name).json")
    let file = "\(name.dropFirst("good/".count)).json"
    // A third, because a validator in Python takes milliseconds each; three and the number of mutants per place have no
    // common factor, so every kind of change is among them.
    let all = try SpecMutants(of: good).documents
    let documents = stride(from: 0, to: all.count, by: 3).map { all[$0] }
    let refusals = try SchemaVerdicts.refusals(of: documents)
    for (document, refusal) in zip(documents, refusals) {
      let text = String(decoding: document, as: UTF8.self)
      do {
        _ = try TargetSpec.read(document, file: file)
        #expect(refusal == nil, "\(text)")
      } catch let error as Diagnostics where refusal == nil {
        let unexplained = error.all.filter { problem in
          !Self.readerMessages.contains { problem.message.contains($0) }
            // Costs and functions of metrics that the target does not state.
            && !problem.message.contains("has no key") && !problem.message.contains("lacks the key")
        }
        #expect(unexplained.isEmpty, "\(text)\n\(error)")
      } catch is Diagnostics {}
    }
  }
}
