public import Studies

/// Where studies do not depend on the same things.
public struct StudyDifferences: Hashable, Sendable {
  /// A fact that not all of the studies share.
  public struct Difference: Hashable, Sendable, Codable {
    public var part: StudyFacts.Part
    public var name: String
    /// By study; null where it is not stated.
    public var values: [String?]
  }

  public let all: [Difference]

  public init(_ facts: [StudyFacts]) {
    var keys: [StudyFacts.Fact] = []
    for fact in facts.flatMap(\.all)
    where !keys.contains(where: { $0.part == fact.part && $0.name == fact.name }) {
      keys.append(fact)
    }
    all = keys.compactMap { key in
      let values = facts.map { $0.value(key.part, key.name) }
      return Set(values).count > 1 ? Difference(part: key.part, name: key.name, values: values) : nil
    }
  }
}
