public import Conformance
import Rendering

/// The checks that there are: the result of `haq check --list`.
public struct CheckListDocument: Document {
  public static let schema: SchemaName = "haq.check-list/1.0"

  public var checks: [Entry]

  /// One check and the rule that it tests.
  public struct Entry: Hashable, Sendable, Codable {
    public var id, group, rule, sentence: String
  }

  public init(_ checks: [Check]) {
    self.checks = checks.map {
      Entry(id: $0.id, group: $0.group.rawValue, rule: $0.rule, sentence: $0.sentence)
    }
  }

  /// The table for a terminal.
  public var text: String {
    var table = TextTable([.init("group"), .init("check"), .init("rule"), .init("holds when it passes")])
    for check in checks { table.add([check.group, check.id, check.rule, check.sentence]) }
    return table.text
  }
}
