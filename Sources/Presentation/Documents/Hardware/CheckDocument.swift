public import Conformance

/// What checks of targets found: the result of `haq check`.
public struct CheckDocument: Document {
  public static let schema: SchemaName = "haq.check/1.0"

  public var targets: [TargetPart]
  /// Where random points came from.
  public var seed: UInt64
  /// What confines the libraries that were checked; absent where no sandbox could be started.
  public var confinedBy: String?

  private enum CodingKeys: String, CodingKey {
    case targets, seed
    case confinedBy = "confined_by"
  }

  /// One target and its checks.
  public struct TargetPart: Hashable, Sendable, Codable {
    /// The id, or the file when the spec cannot be read.
    public var target: String
    public var file: String
    public var failed: Int
    public var checks: [Verdict]

    public init(target: String, file: String, results: [ConformanceRun.Result]) {
      self.target = target
      self.file = file
      failed = results.count { $0.outcome.isFailure }
      checks = results.map(Verdict.init)
    }
  }

  /// One check and what came of it.
  public struct Verdict: Hashable, Sendable, Codable {
    public var id, group, rule, sentence: String
    public var outcome: Outcome
    public var reason: String?

    public init(_ result: ConformanceRun.Result) {
      let check = result.check
      (id, group, rule, sentence) = (check.id, check.group.rawValue, check.rule, check.sentence)
      outcome = Outcome(result.outcome)
      reason = result.outcome.reason
    }
  }

  /// How a check ended, in the order in which summaries count.
  public enum Outcome: String, Hashable, Sendable, Codable, CaseIterable {
    case passed, warning, failed, crashed
    case timedOut = "timed out"
    case blocked, skipped

    fileprivate init(_ outcome: Check.Outcome) {
      self =
        switch outcome {
        case .passed: .passed
        case .warning: .warning
        case .failed: .failed
        case .crashed: .crashed
        case .timedOut: .timedOut
        case .skipped: .skipped
        case .blocked: .blocked
        }
    }
  }

  public init(targets: [TargetPart], seed: UInt64, confinedBy: String?) {
    self.targets = targets
    self.seed = seed
    self.confinedBy = confinedBy
  }

  /// Whether a check failed, or could not be made because of one that was perhaps not asked for.
  public var hasFailed: Bool {
    targets.contains { $0.failed > 0 || $0.checks.contains { $0.outcome == .blocked } }
  }
}
