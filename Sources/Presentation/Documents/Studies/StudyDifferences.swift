import Studies

/// Where studies do not depend on the same things.
struct StudyDifferences {
  /// A fact that not all of the studies share.
  struct Difference: Encodable {
    var part: StudyFacts.Part
    var name: String
    /// By study; null where it is not stated.
    var values: [String?]
  }

  let all: [Difference]

  init(_ facts: [StudyFacts]) {
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
