public import Rendering
import Validation

extension ReferenceValidationsDocument {
  /// A target without a table to compare with is skipped.
  public var junit: JUnitReport {
    JUnitReport([JUnitReport.Suite(name: "haq validate", cases: rows.map(\.junitCase))])
  }
}

extension ReferenceValidationsDocument.Row {
  fileprivate var junitCase: JUnitReport.Case {
    let verdict: JUnitReport.Outcome =
      switch outcome {
      case .passed: .passed(remark: remark)
      case .failed: .failed(remark ?? "the limit was missed")
      case .absent, .noTable: .skipped(outcome.rawValue)
      }
    return JUnitReport.Case(name: table ?? "no table", group: target, outcome: verdict)
  }
}
