import Core
import FixtureBuilding
import Targets
import Testing
import Validation

@Suite("a target beside the tables that its spec names")
struct ReferenceValidationTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A table target of one layer that costs 1 s at W2A8 and 2 s at W4A8.
  private func target(references: String) throws -> Target {
    try folder.write(Self.table(1, 2), to: "own.csv")
    let text = """
      {
        "schema": "haq.target/1.0", "id": "tt", "name": "A target", "version": "1", "summary": "s",
        "sources": "assumption", "batch": 1,
        "capabilities": {
          "layers": ["fully-connected"], "weight_bits": [2, 4], "activation_bits": [8],
          "pairs": "all", "other_widths": "reject", "metrics": { "latency": { "aggregate": "sum" } }
        },
        "model": { "kind": "table", "file": "own.csv" }\(references)
      }
      """
    return try Target(
      file: try folder.write(text, to: "tt.json"), origin: .commandLine, program: "/bin/haq")
  }

  private static func table(_ narrow: Double, _ wide: Double) -> String {
    """
    weight_bits,activation_bits,latency_s,kind,groups,in_channels,out_channels,input,output,kernel,stride
    2,8,\(narrow),fully-connected,1,4,2,1,1,1,1
    4,8,\(wide),fully-connected,1,4,2,1,1,1,1
    """
  }

  private func rows(references: String, folder other: String? = nil) throws -> [ReferenceValidation] {
    let sources = ReferenceValidation.Sources(folder: other) { _ in { _, _ in nil } }
    return ReferenceValidation.all(of: try target(references: references), from: sources)
  }

  private static func reference(_ more: String = "") -> String {
    #", "reference_tables": [{ "file": "tables/r.csv", "batch": 1, "source": "by hand"\#(more) }]"#
  }

  @Test("a spec without tables says how many reference points it has instead")
  func none() throws {
    let rows = try rows(references: "")
    #expect(rows.map(\.outcome) == [.noTable])
    #expect(rows.first?.remark == "no reference points")
  }

  @Test("a table that does not travel with its spec is absent, which is no failure, and is found elsewhere")
  func absent() throws {
    #expect(try rows(references: Self.reference()).map(\.outcome) == [.absent])
    try folder.write(Self.table(1, 2), to: "elsewhere/r.csv")
    let found = try rows(references: Self.reference(), folder: folder.path("elsewhere"))
    #expect(found.map(\.outcome) == [.passed])
    #expect(found.first?.statistics?.meanAbsoluteError == 0)
  }

  @Test("an error above the limit fails with the limit named, and one below it passes")
  func limit() throws {
    // Predicted 1 and 2, measured 1 and 4: errors of 0 and 50 %, 25 % on average.
    try folder.write(Self.table(1, 4), to: "tables/r.csv")
    let missed = try rows(references: Self.reference(#", "max_mape": 20"#))
    #expect(missed.map(\.outcome) == [.failed])
    #expect(missed.first?.statistics?.meanAbsoluteError == 0.25)
    #expect(try rows(references: Self.reference(#", "max_mape": 30"#)).map(\.outcome) == [.passed])
  }

  @Test("a table with other bytes than the spec pins fails, whatever it says")
  func pin() throws {
    try folder.write(Self.table(1, 2), to: "tables/r.csv")
    let pin = String(repeating: "0", count: 64)
    let rows = try rows(references: Self.reference(#", "sha256": "\#(pin)""#))
    #expect(rows.map(\.outcome) == [.failed])
    #expect(rows.first?.remark?.contains("says \(pin)") == true)
  }
}
