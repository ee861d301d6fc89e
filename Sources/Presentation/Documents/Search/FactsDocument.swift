public import Studies

/// What the numbers of a study depend on: `facts.json` of `haq study export`.
///
/// `docs/documents/facts.md` describes every key.
public struct FactsDocument: Document {
  public static let schema: SchemaName = "haq.facts/1.0"

  /// In the order in which people read them.
  public var facts: [StudyFacts.Fact]

  public init(_ facts: StudyFacts) { self.facts = facts.all }
}
