public import Rendering

extension CheckDocument {
  /// A suite per target; warnings pass, with what they say.
  public var junit: JUnitReport {
    JUnitReport(
      targets.map { target in
        JUnitReport.Suite(name: "haq check \(target.target)", cases: target.checks.map(\.junitCase))
      })
  }
}

extension CheckDocument.Verdict {
  fileprivate var junitCase: JUnitReport.Case {
    let reason = reason ?? ""
    let verdict: JUnitReport.Outcome =
      switch outcome {
      case .passed: .passed()
      case .warning: .passed(remark: "warning: \(reason)")
      case .skipped: .skipped(reason)
      case .failed, .crashed, .timedOut, .blocked: .failed("\(outcome.rawValue), rule \(rule): \(reason)")
      }
    return JUnitReport.Case(name: id, group: group, outcome: verdict)
  }
}
