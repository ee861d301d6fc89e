import Documents
import FixtureBuilding
import Foundation
import SchemaValidation
import Testing

@Suite("The schemas of documents")
struct SampleTests {
  @Test("every document type has a schema")
  func types() throws {
    let folder = "\(Places.package)/docs/documents/schema"
    let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix("haq.") }
    let expected = DocumentTypes.all.map { "\($0.schema.name)-\($0.schema.major).json" }
    #expect(Set(expected).subtracting(files).isEmpty)
  }

  @Test("what is read is written again, key by key")
  func roundTrips() throws {
    for type in DocumentTypes.all {
      let bytes = try Samples.bytes(of: type)
      let (written, sample) = (try object(try rewritten(bytes, as: type)), try object(bytes))
      #expect(written == sample, "\(type.schema)")
    }
  }

  @Test("every sample has all keys of its schema and no other")
  func samples() throws {
    let types = DocumentTypes.all
    let refusals = try SchemaVerdicts.refusals(
      ofDocuments: types.map { try Samples.bytes(of: $0) }, mustBeComplete: true)
    for (type, refusal) in zip(types, refusals) { #expect(refusal == nil, "\(type.schema)") }
  }

  @Test("a document with a key that its schema lacks is refused")
  func unknownKey() throws {
    let text = String(decoding: try Samples.bytes(of: NewTargetDocument.self), as: UTF8.self)
    let refusals = try SchemaVerdicts.refusals(ofDocuments: [
      Data(text.replacing("\"folder\"", with: "\"more\": 1, \"folder\"").utf8),
      Data(text.replacing("\"folder\"", with: "\"place\"").utf8), Data(#"{"schema": "haq.none/1.0"}"#.utf8),
    ])
    #expect(refusals[0]?.contains("'more' was unexpected") == true)
    #expect(refusals[1]?.contains("place") == true)
    #expect(refusals[2] == "bad: there is no schema haq.none-1.json")
  }

  @Test("pages have the keys of their schemas, each with a description")
  func pages() throws {
    let run = try CompilerRun("\(Places.package)/.ci/document-pages", [])
    #expect(run.exitCode == 0, "\(run.output)")
  }

  private func rewritten<D: Document>(_ bytes: Data, as type: D.Type) throws -> Data {
    Data(try D(json: bytes).json().utf8)
  }

  private func object(_ bytes: Data) throws -> NSDictionary {
    try #require(try JSONSerialization.jsonObject(with: bytes) as? NSDictionary)
  }
}
