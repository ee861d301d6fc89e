import Conformance
import Rendering

extension ConformanceRun.Result {
  /// Warnings pass, with what they say.
  var junitCase: JUnitReport.Case {
    let reason = outcome.reason ?? ""
    let verdict: JUnitReport.Outcome =
      switch outcome {
      case .passed: .passed()
      case .warning: .passed(remark: "warning: \(reason)")
      case .skipped: .skipped(reason)
      case .failed, .crashed, .timedOut: .failed("\(outcome.word), rule \(check.rule): \(reason)")
      }
    return JUnitReport.Case(name: check.id, group: check.group.rawValue, outcome: verdict)
  }
}
