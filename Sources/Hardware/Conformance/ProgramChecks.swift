import Core
import CostPrograms
import Isolation
import Specs
import Targets

/// The checks of a target whose costs come from a program; nothing that it answers here is recorded.
struct ProgramChecks {
  private let target: Target
  private let trial: Result<ProgramTrial, any Error>

  init(of target: Target, limits: SandboxLimits) {
    self.target = target
    trial = Result { try ProgramTrial(of: target, timeoutSeconds: limits.timeoutSeconds) }
  }

  func outcome(of check: Check) -> Check.Outcome {
    let trial: ProgramTrial
    do { trial = try self.trial.get() } catch {
      return .withoutFile(error, of: check, reading: "program-describes")
    }
    switch check.id {
    case "files-trusted", "program-describes": return .passed
    case "pin-matches": return .skipped("programs are not pinned")
    default: break
    }
    do {
      return try outcome(of: check.id, trial)
    } catch let error as CostProgramError {
      guard check.id == "program-answers" else { return .blocked("the program does not answer") }
      return Check.Outcome(error)
    } catch {
      return .failed("\(error)")
    }
  }

  private func outcome(of id: String, _ trial: ProgramTrial) throws -> Check.Outcome {
    switch id {
    case "program-errors": return trial.errors()
    case "program-ends": return trial.ending()
    default: break
    }
    let costs = try trial.first.get()
    switch id {
    case "program-answers":
      return costs.isWithoutCosts
        ? .failed("no point of the target's own layers and widths has a cost") : .passed
    case "program-repeats": return try trial.repetition().map { .failed($0) } ?? .passed
    case "wider-not-cheaper": return costs.widerIsCheaper.map { .warning($0) } ?? .passed
    case "work-costs": return costs.workWithoutCost
    case "weights-take-bytes":
      guard costs.hasMetric(.weightBytes) else { return .skipped("there is no weight_bytes") }
      return costs.weightsWithoutBytes.map { .warning($0) } ?? .passed
    case "larger-batch-not-cheaper":
      guard trial.description.batch == nil else { return .skipped("the program has costs of one batch only") }
      return costs.cheaper(in: try trial.doubled()).map { .warning($0) } ?? .passed
    case "reference-points":
      try target.verifyChecks(against: trial.freshModel())
      return .passed
    default: return .failed("there is no check \(id)")
    }
  }
}

extension Check.Outcome {
  /// How the check that first asks for costs ends when the program does not give them.
  fileprivate init(_ error: CostProgramError) {
    switch error {
    case .silent: self = .timedOut("\(error)")
    case .failedRepeatedly(_, _, let how) where how.hasPrefix("silent"): self = .timedOut("\(error)")
    case .died, .failedRepeatedly: self = .crashed("\(error)")
    default: self = .failed("\(error)")
    }
  }
}
