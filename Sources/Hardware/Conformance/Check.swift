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
    case spec, table, functions, program, load, version, lifecycle, results, extensions, determinism, threads,
      robustness, network, physics, reference, manners

    /// The kinds of models that the group's checks are about.
    var models: Set<ModelKind> {
      switch self {
      case .spec, .reference: Set(ModelKind.allCases)
      case .table: [.table]
      case .functions: [.function]
      case .program: [.program]
      case .physics: [.plugin, .function, .program]
      default: [.plugin]
      }
    }
  }

  /// What a spec's `model.kind` says.
  enum ModelKind: String, CaseIterable {
    case table, function, plugin, program, predictor
  }

  /// How a check ended.
  public enum Outcome: Hashable, Sendable {
    case passed
    case warning(String)
    case failed(String)
    /// The rule does not apply to the target.
    case skipped(String)
    /// It could not be made, because another check failed.
    case blocked(String)
    case crashed(String)
    case timedOut(String)

    /// Whether the target breaks the rule.
    public var isFailure: Bool {
      switch self {
      case .passed, .warning, .skipped, .blocked: false
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
      case .blocked: "blocked"
      case .crashed: "crashed"
      case .timedOut: "timed out"
      }
    }

    /// Why, in a sentence; nil when it passed.
    public var reason: String? {
      switch self {
      case .passed: nil
      case .warning(let reason), .failed(let reason), .skipped(let reason), .blocked(let reason),
        .crashed(let reason), .timedOut(let reason):
        reason
      }
    }
  }
}
