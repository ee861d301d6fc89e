import Core
import Evaluation
import Foundation
public import Rendering

extension ParetoDocument {
  /// One line a point, after a header that names the unit of the cost.
  public var csv: String {
    let head =
      "kind,budget,\(metric.rawValue),\(reference == nil ? "of_8_bit" : "of_reference"),accuracy,loss,dominated,policy\n"
    return points.reduce(head) { text, point in
      let fields = [
        point.kind.rawValue, point.budget.map { "\($0)" } ?? "", "\(point.cost)",
        uniformEightBitCost.map { "\(point.cost / $0)" } ?? "", "\(point.accuracy)", "\(point.loss)",
        point.isDominated ? "yes" : "no", point.policy,
      ]
      return text + fields.joined(separator: ",") + "\n"
    }
  }

  /// The points that are not dominated, for a terminal.
  public var text: String {
    var table = TextTable([
      .init("kind"), .init(metric.title, .right), .init("of \(reference ?? "8 bit")", .right),
      .init(accuracyMetric.map { "validation \($0)" } ?? "validation", .right),
      .init("found within", .right),
    ])
    for (place, kind) in Kind.allCases.enumerated() {
      if place > 0 { table.addRule() }
      for point in points where point.kind == kind && !point.isDominated {
        table.add([
          point.precision.map { "uniform \($0)" } ?? kind.rawValue, Quantity.cost(point.cost, metric),
          Quantity.multiple(point.cost, of: uniformEightBitCost) ?? "",
          Quantity.accuracy(point.accuracy),
          point.budget.map { Quantity.cost($0, metric) } ?? "",
        ])
      }
    }
    let dominated = points.filter(\.isDominated).count
    return """
      \(network.name) on \(target.id), batch \(network.batch), \(data), seed \(seed)
      \(Quantity.counted(points.count, "policy", "policies")) measured on \(Quantity.counted(float.samples, "validation sample")); \
      \(Quantity.counted(dominated, "dominated one is", "dominated ones are")) in the files.
      32-bit float: \(Quantity.accuracy(float.accuracy))

      \(table.text)\(failures)\(isComplete ? "" : "Stopped before the end.\n")\(target.caution)
      """
  }

  private var failures: String {
    guard let failed else { return "" }
    return "The evaluator failed on these, which are no points:\n"
      + failed.map { "  \($0.policy): \($0.reason)\n" }.joined()
  }

  public var chart: TradeOffChart {
    TradeOffChart(
      title: "\(network.name) on \(target.title)",
      series: Kind.allCases.map { kind in
        TradeOffChart.Series(
          title: kind.rawValue,
          entries: points.filter { $0.kind == kind }.map { point in
            TradeOffChart.Entry(
              cost: point.cost, accuracy: point.accuracy, isDominated: point.isDominated,
              title: "\(point.precision ?? point.policy): \(Quantity.cost(point.cost, metric)), "
                + Quantity.accuracy(point.accuracy))
          })
      }, costTitle: metric.title,
      accuracyTitle: "\(accuracyMetric ?? "top-1 accuracy"), \(float.samples) validation samples",
      reference: float.accuracy,
      format: { [metric] in Quantity.cost($0, metric) })
  }
}
