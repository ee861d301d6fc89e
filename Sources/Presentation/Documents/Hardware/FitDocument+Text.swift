import Core
import Rendering
import Validation

extension FitDocument {
  /// The tables for a terminal.
  public var text: String {
    var table = TextTable([
      .init("precision"), .init("points", .right), .init("held out"), .init("mean error", .right),
      .init("of \(base)", .right), .init("within 10 %", .right), .init("within 20 %", .right),
      .init("Kendall", .right), .init("90 % intervals", .right),
    ])
    for part in precisions {
      for (name, judge) in [("shapes", part.byShape as Judgement?), ("tables", part.byTable)] {
        guard let judge else { continue }
        table.add([
          part.precision, "\(judge.predicted.count)", name,
          Quantity.smallPercent(judge.predicted.meanAbsoluteError),
          judge.base.map { Quantity.smallPercent($0.meanAbsoluteError) } ?? "",
          Quantity.percent(judge.predicted.within10Percent),
          judge.predicted.within20Percent.map(Quantity.percent) ?? "",
          Quantity.coefficient(judge.predicted.kendall), "hold \(Quantity.percent(judge.intervalCoverage))",
        ])
      }
    }
    let widenings = precisions.map { "\($0.precision) \(Quantity.coefficient($0.widening))" }
    return
      "\(target) fitted to \(tables.joined(separator: ", ")). Each layer was predicted without its shape, and without its "
      + "table.\n\n\(table.text)\nDeviations were widened so that the intervals hold 90 %, by: "
      + widenings.joined(separator: ", ")
      + ".\nCorrelation of the errors of two layers: \(Quantity.coefficient(correlation)).\n"
      + (networks.map { "\n\($0.text)" } ?? "")
      + (isWritten ? "Wrote \(output) and \(predictor).\n" : "Nothing was written.\n")
  }
}
