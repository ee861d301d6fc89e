import Core
import Isolation
import PluginLoading
import Specs
import Targets

/// The checks of a target whose costs come from bare functions.
struct FunctionChecks {
  private let target: Target
  private let library: Result<LibraryFile, any Error>
  private let sample: ProbeRequest
  /// Another type of the results with which the reference points hold that otherwise do not; nil when they hold, or
  /// hold with no type.
  ///
  /// A library says nothing about its functions' types, so this is all that can be known of them.
  private let typeThatHolds: ForeignType?

  init(of target: Target, limits: SandboxLimits) {
    self.target = target.withTimeout(limits.timeoutSeconds)
    let library = Result { try target.library() }
    self.library = library
    sample = ProbeRequest("", target, seed: 0)
    typeThatHolds = (try? library.get()).flatMap { [target = self.target] file in
      guard target.reproducesChecks(with: file) == false else { return nil }
      return ForeignType.allCases.first { target.returning($0)?.reproducesChecks(with: file) == true }
    }
  }

  func outcome(of check: Check) -> Check.Outcome {
    let file: LibraryFile
    do { file = try library.get() } catch {
      return .withoutFile(error, of: check, reading: "functions-load")
    }
    switch check.id {
    case "files-trusted": return .passed
    case "pin-matches":
      return target.spec.model.library?.sha256 == nil ? .skipped("the spec pins no library") : .passed
    default: break
    }
    if let other = typeThatHolds, check.id != "functions-load" {
      guard check.id == "functions-signature" else {
        return .blocked("\"returns\" should be \"\(other.rawValue)\"")
      }
      return .failed(
        "the reference points do not hold with \"returns\" as the spec has it, but they do with "
          + "\"\(other.rawValue)\". Correct \"returns\".")
    }
    do {
      return try outcome(of: check.id, try target.costModel(of: file))
    } catch let error as SandboxError {
      return judged(error, by: check)
    } catch let error as PluginError {
      let culprit = (try? target.costModel(of: file)) == nil ? "functions-load" : "functions-answer"
      return check.id == culprit ? .failed("\(error)") : .blocked("the functions do not answer")
    } catch {
      return .failed("\(error)")
    }
  }

  /// Crashing, printing and taking too long are for the check that first asks for costs, or loads the library.
  private func judged(_ error: SandboxError, by check: Check) -> Check.Outcome {
    let culprit = error.call == .load || error.call == .start ? "functions-load" : "functions-answer"
    guard check.id == culprit else { return .blocked("the functions do not answer") }
    if case .standardOutput = error.ending { return .failed("\(error)") }
    return Check.Outcome(error, loading: true)
  }

  private func outcome(of id: String, _ model: PluginCostModel) throws -> Check.Outcome {
    if id == "functions-load" { return .passed }
    let costs = try SampledCosts(of: sample, from: model)
    switch id {
    case "functions-answer": return .passed
    case "functions-repeat":
      return costs.difference(from: try SampledCosts(of: sample, from: model, reversed: true))
        .map { .failed($0) } ?? .passed
    case "functions-signature": return .passed
    case "wider-not-cheaper": return costs.widerIsCheaper.map { .warning($0) } ?? .passed
    case "work-costs": return costs.workWithoutCost
    case "weights-take-bytes":
      guard sample.metrics.contains(.weightBytes) else { return .skipped("there is no weight_bytes") }
      return costs.weightsWithoutBytes.map { .warning($0) } ?? .passed
    case "larger-batch-not-cheaper":
      var double = sample
      double.setup.network.batch *= 2
      return costs.cheaper(in: try SampledCosts(of: double, from: model)).map { .warning($0) } ?? .passed
    case "reference-points":
      try target.verifyChecks(against: model)
      return .passed
    default: return .failed("there is no check \(id)")
    }
  }
}

extension Target {
  /// Whether the spec's checks hold; nil where the library does not live to tell.
  fileprivate func reproducesChecks(with library: LibraryFile) -> Bool? {
    do {
      try verifyChecks(against: try costModel(of: library))
      return true
    } catch is SandboxError {
      return nil
    } catch {
      return false
    }
  }

  /// The same target with functions that return `type`; nil where that changes nothing.
  fileprivate func returning(_ type: ForeignType) -> Target? {
    guard case .function(var functions) = spec.model else { return nil }
    var changed = false
    for (metric, signature) in functions.signatures {
      guard case .returned(let stated) = signature.result, stated != type else { continue }
      functions.signatures[metric]?.result = .returned(type)
      changed = true
    }
    guard changed else { return nil }
    var target = self
    target.spec.model = .function(functions)
    return target
  }

  /// The same target with calls that take no longer than a check may.
  fileprivate func withTimeout(_ timeoutSeconds: Double) -> Target {
    guard case .function(var functions) = spec.model else { return self }
    functions.library.timeoutSeconds = min(timeoutSeconds, functions.library.timeoutSeconds ?? timeoutSeconds)
    var target = self
    target.spec.model = .function(functions)
    return target
  }
}
