/// Everything that the numbers of a study depend on, as names and values.
public struct StudyFacts: Hashable, Sendable {
  /// What a fact decides.
  public enum Part: String, Hashable, Sendable, Codable, CaseIterable {
    /// What an evaluator's answer depends on: network, weights, data, evaluator.
    case accuracy
    /// What a policy's cost depends on: shapes, target, library.
    case cost
    /// Which policies are tried: method, options, budget.
    case search
    /// Which program ran; another build of it may give the same numbers, so a difference is reported but allowed.
    case program
  }

  /// One of them.
  public struct Fact: Hashable, Sendable, Codable {
    public var part: Part
    public var name: String
    public var value: String

    public init(_ part: Part, _ name: String, _ value: String) {
      self.part = part
      self.name = name
      self.value = value
    }
  }

  /// Each part and name once, in the order in which people read them.
  public private(set) var all: [Fact]

  /// - Precondition: no two facts have one part and name.
  public init(_ all: [Fact]) {
    precondition(Set(all.map { [$0.part.rawValue, $0.name] }).count == all.count)
    self.all = all
  }

  /// Nil when two facts have one part and name.
  init?(distinct all: [Fact]) {
    guard Set(all.map { [$0.part.rawValue, $0.name] }).count == all.count else { return nil }
    self.all = all
  }

  public func value(_ part: Part, _ name: String) -> String? {
    all.first { $0.part == part && $0.name == name }?.value
  }

  /// A fact that two studies do not share.
  public struct Difference: Hashable, Sendable, Codable, CustomStringConvertible {
    public var part: Part
    public var name: String
    /// Nil where it is not stated.
    public var before: String?
    public var after: String?

    public var description: String {
      func quoted(_ value: String?) -> String { value.map { $0.isEmpty ? "empty" : $0 } ?? "not stated" }
      return "\(name): was \(quoted(before)), is \(quoted(after))"
    }
  }

  /// What is not the same in `other`, of the given parts.
  public func differences(to other: StudyFacts, in parts: Set<Part> = Set(Part.allCases)) -> [Difference] {
    let added = other.all.filter { value($0.part, $0.name) == nil }
    return (all + added).compactMap { fact in
      let (before, after) = (value(fact.part, fact.name), other.value(fact.part, fact.name))
      guard parts.contains(fact.part), before != after else { return nil }
      return Difference(part: fact.part, name: fact.name, before: before, after: after)
    }
  }
}
