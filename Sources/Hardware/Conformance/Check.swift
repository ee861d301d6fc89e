/// One rule that can be tested, in a separate process.
public struct Check: Hashable, Sendable {
  public let id: String
  public let group: Group
  /// The rule of docs/abi.md (H-n) or docs/spec.md (S-n) that it tests.
  public let rule: String
  /// What holds when it passes.
  public let sentence: String

  /// Checks that belong together, in the order in which they are made.
  public enum Group: String, Hashable, Sendable, Codable, CaseIterable {
    case spec, load, version, lifecycle, results, determinism, threads, robustness, network, physics,
      reference,
      manners
  }

  /// How a check ended.
  public enum Outcome: Hashable, Sendable {
    case passed
    case warning(String)
    case failed(String)
    case skipped(String)
    case crashed(String)
    case timedOut(String)

    /// Whether the target breaks the rule.
    public var isFailure: Bool {
      switch self {
      case .passed, .warning, .skipped: false
      case .failed, .crashed, .timedOut: true
      }
    }

    /// One word for it.
    public var word: String {
      switch self {
      case .passed: "passed"
      case .warning: "warning"
      case .failed: "failed"
      case .skipped: "skipped"
      case .crashed: "crashed"
      case .timedOut: "timed out"
      }
    }

    /// Why, in a sentence; nil when it passed.
    public var reason: String? {
      switch self {
      case .passed: nil
      case .warning(let reason), .failed(let reason), .skipped(let reason), .crashed(let reason),
        .timedOut(let reason):
        reason
      }
    }
  }
}
