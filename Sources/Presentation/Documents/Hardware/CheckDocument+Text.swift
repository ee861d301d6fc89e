extension CheckDocument.Verdict {
  /// A line for a terminal, printed as soon as the check has ended.
  public var line: String {
    let word = outcome.rawValue.padding(toWidth: 10)
    let name = "\(group)/\(id)".padding(toWidth: 34)
    return "  \(word)\(name)\(rule.padding(toWidth: 5)) \(reason ?? sentence)"
  }
}

extension CheckDocument.TargetPart {
  /// Above the lines of a target's checks.
  public static func title(of target: String, file: String) -> String { "\(target) (\(file))" }

  /// How many checks ended how.
  public var summary: String {
    let counts = Dictionary(grouping: checks, by: \.outcome).mapValues(\.count)
    return "  "
      + CheckDocument.Outcome.allCases
      .compactMap { outcome in counts[outcome].map { "\($0) \(outcome.rawValue)" } }.joined(separator: ", ")
  }
}

extension CheckDocument {
  /// Above all targets.
  public static func head(confinedBy: String?) -> String {
    "libraries are confined by: \(confinedBy ?? "nothing can be loaded, see haq targets explain")\n\n"
  }

  /// All lines of all targets.
  public var text: String {
    Self.head(confinedBy: confinedBy)
      + targets.map { target in
        let lines = target.checks.map { $0.line + "\n" }.joined()
        return "\(TargetPart.title(of: target.target, file: target.file))\n\(lines)\(target.summary)\n\n"
      }.joined()
  }
}

extension String {
  /// With spaces behind it up to `width`, cut there if it is longer.
  fileprivate func padding(toWidth width: Int) -> String {
    String(prefix(width)) + String(repeating: " ", count: max(0, width - count))
  }
}
