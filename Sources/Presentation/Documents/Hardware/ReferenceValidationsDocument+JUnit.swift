import Rendering
import Validation

extension ReferenceValidation {
  /// A target without a table that is there to compare with is skipped.
  var junitCase: JUnitReport.Case {
    let verdict: JUnitReport.Outcome =
      switch outcome {
      case .passed: .passed(remark: remark)
      case .failed: .failed(remark ?? "the limit was missed")
      case .absent, .noTable: .skipped(outcome.rawValue)
      }
    return JUnitReport.Case(name: table ?? "no table", group: target, outcome: verdict)
  }
}
