/// Verdicts in the XML that continuous-integration services read: `<testsuites>`, as JUnit's Ant task writes it.
public struct JUnitReport: Sendable {
  /// Cases about one thing.
  public struct Suite: Sendable {
    public var name: String
    public var cases: [Case]

    public init(name: String, cases: [Case]) {
      self.name = name
      self.cases = cases
    }
  }

  /// One verdict.
  public struct Case: Sendable {
    public var name: String
    /// What services sort cases by, such as a group.
    public var group: String
    public var outcome: Outcome

    public init(name: String, group: String, outcome: Outcome) {
      self.name = name
      self.group = group
      self.outcome = outcome
    }
  }

  /// How a case ended; with a sentence where there is something to say.
  public enum Outcome: Hashable, Sendable {
    case passed(remark: String? = nil)
    case failed(String)
    case skipped(String)
  }

  public var suites: [Suite]

  public init(_ suites: [Suite]) { self.suites = suites }

  /// The whole file.
  public var text: String {
    let all = suites.flatMap(\.cases)
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuites \(Self.counts(all))>
      \(suites.map(Self.text).joined(separator: "\n"))
      </testsuites>

      """
  }

  private static func text(_ suite: Suite) -> String {
    let cases = suite.cases.map { text($0, in: suite) }.joined(separator: "\n")
    return "<testsuite name=\"\(attribute(suite.name))\" \(counts(suite.cases))>\n\(cases)\n</testsuite>"
  }

  private static func text(_ one: Case, in suite: Suite) -> String {
    let group = one.group.isEmpty ? suite.name : "\(suite.name).\(one.group)"
    let head = "<testcase classname=\"\(attribute(group))\" name=\"\(attribute(one.name))\""
    return switch one.outcome {
    case .passed(nil): "\(head)/>"
    case .passed(let remark?): "\(head)><system-out>\(attribute(remark))</system-out></testcase>"
    case .failed(let reason): "\(head)><failure message=\"\(attribute(reason))\"/></testcase>"
    case .skipped(let reason): "\(head)><skipped message=\"\(attribute(reason))\"/></testcase>"
    }
  }

  private static func counts(_ cases: [Case]) -> String {
    let failures = cases.count { if case .failed = $0.outcome { true } else { false } }
    let skipped = cases.count { if case .skipped = $0.outcome { true } else { false } }
    return "tests=\"\(cases.count)\" failures=\"\(failures)\" errors=\"0\" skipped=\"\(skipped)\""
  }

  /// XML 1.0 has no way to write most control characters, so they become U+FFFD.
  private static func attribute(_ text: String) -> String {
    let written = String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0.value >= 32 || [9, 10, 13].contains($0.value) ? $0 : "\u{FFFD}" }))
    return HTMLPage.escaped(written).replacing("\n", with: "&#10;")
  }
}
