import Core
import CostTables
import Diagnostics
import Isolation
import PluginLoading
import Specs
import Targets

/// Makes the checks of one target; those of a plugin each in a separate sandbox.
public struct ConformanceRun {
  private let file: String
  private let program: String
  private let seed: UInt64
  private let limits: SandboxLimits

  /// For the spec at `file` and the program at the absolute path `program`, which its sandbox lies beside.
  ///
  /// - Parameter seed: of the tests that draw points at random.
  /// - Parameter timeoutSeconds: the longest that one check may take.
  public init(specFile file: String, program: String, seed: UInt64 = 1, timeoutSeconds: Double = 10) {
    self.file = file
    self.program = program
    self.seed = seed
    limits = SandboxLimits(timeoutSeconds: timeoutSeconds)
  }

  /// One check and how it ended.
  public struct Result: Hashable, Sendable {
    public let check: Check
    public let outcome: Check.Outcome
  }

  /// The checks of `chosen` in their order, each reported to `onResult` as it ends.
  @discardableResult
  public func run(_ chosen: [Check] = Check.all, onResult: (Result) -> Void = { _ in }) -> [Result] {
    let subject = Subject(file: file, program: program, seed: seed, limits: limits)
    return chosen.map { check in
      let result = Result(check: check, outcome: subject.outcome(of: check))
      onResult(result)
      return result
    }
  }
}

/// The spec and what it names, read once for all checks.
private struct Subject {
  let target: Result<Target, any Error>
  private let model: ModelChecks?

  init(file: String, program: String, seed: UInt64, limits: SandboxLimits) {
    target = Result { try Target(file: file, origin: .commandLine, program: program) }
    guard let target = try? target.get() else {
      model = nil
      return
    }
    model =
      switch target.spec.model {
      case .table: .table(TableChecks(of: target))
      case .function: .function(FunctionChecks(of: target, limits: limits))
      case .plugin(let plugin): .plugin(PluginChecks(of: target, plugin, seed: seed, limits: limits))
      case .program: .program(ProgramChecks(of: target, limits: limits))
      case .predictor(let predictor): .predictor(PredictorChecks(of: target, predictor))
      }
  }

  func outcome(of check: Check) -> Check.Outcome {
    let target: Target
    switch self.target {
    case .success(let read): target = read
    case .failure(let error):
      return check.id == "spec-valid" ? .failed("\(error)") : .blocked("the spec is not valid")
    }
    switch check.id {
    case "spec-valid":
      return target.warnings.first.map { .warning($0.description) } ?? .passed
    case "sources-stated":
      return target.spec.sources.isEmpty
        ? .warning("\"sources\" is \"assumption\": nothing was compared") : .passed
    default: break
    }
    guard let model else { return .blocked("the spec is not valid") }
    guard check.group.models.contains(model.kind) else {
      return .skipped("the model is a \(model.kind.rawValue)")
    }
    if check.id == "reference-points", target.spec.checks.isEmpty {
      return .skipped("the spec has no checks")
    }
    return model.outcome(of: check)
  }
}

/// The checks that depend on what computes the costs.
private enum ModelChecks {
  case table(TableChecks)
  case function(FunctionChecks)
  case plugin(PluginChecks)
  case program(ProgramChecks)
  case predictor(PredictorChecks)

  var kind: Check.ModelKind {
    switch self {
    case .table: .table
    case .function: .function
    case .plugin: .plugin
    case .program: .program
    case .predictor: .predictor
    }
  }

  func outcome(of check: Check) -> Check.Outcome {
    switch self {
    case .table(let checks): checks.outcome(of: check)
    case .function(let checks): checks.outcome(of: check)
    case .plugin(let checks): checks.outcome(of: check)
    case .program(let checks): checks.outcome(of: check)
    case .predictor(let checks): checks.outcome(of: check)
    }
  }
}

extension Check.Outcome {
  /// A file that cannot be had fails the one check that is about why, and keeps the others from being made.
  ///
  /// - Parameter reading: the check that is about a file which is absent or cannot be read.
  static func withoutFile(_ error: any Error, of check: Check, reading: String) -> Check.Outcome {
    let culprit =
      switch error as? TargetError {
      case .untrusted: "files-trusted"
      case .wrongDigest: "pin-matches"
      default: reading
      }
    return check.id == culprit ? .failed("\(error)") : .blocked("there is no file to check")
  }

  init(_ verdict: Verdict) {
    switch verdict {
    case .passed: self = .passed
    case .warning(let reason): self = .warning(reason)
    case .failed(let reason): self = .failed(reason)
    case .skipped(let reason): self = .skipped(reason)
    case .blocked(let reason): self = .blocked(reason)
    }
  }

  /// - Parameter loading: whether loading is what is checked; otherwise a library that does not load is no news.
  init(_ error: SandboxError, loading: Bool) {
    if error.call == .load || error.call == .start, !loading {
      self = .blocked("the library does not load")
      return
    }
    switch error.ending {
    case .timeout: self = .timedOut("\(error)")
    case .cannotStart, .unable: self = .failed("\(error)")
    // Printing is judged by a check of its own.
    case .standardOutput: self = .blocked("\(error)")
    default: self = .crashed("\(error)")
    }
  }
}
