import Core
import Foundation
import Measuring
import Rendering

extension MeasurementDocument {
  /// For a terminal.
  public var text: String {
    let verb = target.isMeasured ? "measured" : "computed"
    let ended = points.unanswered == 0 ? "" : ", \(points.unanswered) not \(verb)"
    return """
      \(target.title), batch \(batch)
      \(Quantity.counted(layers, "layer")) at \(precisions.joined(separator: ", ")): \
      \(Quantity.counted(points.planned, "point")), \(points.costed) with a cost, \(points.unsupported) that cannot run\
      \(ended)
      \(choiceText)\(reasons)\(certainty)\(again)\(machineText)\(warnings.map { "warning: \($0)\n" }.joined())\
      Wrote \(file)\(points.known == 0 ? "" : "; \(points.known) points were recorded before").

      """
  }

  private var choiceText: String {
    guard let choice else { return "" }
    var table = TextTable([
      .init("round", .right), .init("layers", .right), .init("points", .right),
      .init("error of held-out layers", .right),
    ])
    for (index, round) in choice.rounds.enumerated() {
      table.add([
        "\(index + 1)", "\(round.layers)", "\(round.points)",
        round.heldOutError.map { Quantity.smallPercent($0) } ?? "-",
      ])
    }
    let end = choice.isReached ? "reached" : "not reached"
    return "\n\(table.text)The error to reach, \(Quantity.smallPercent(choice.goal)), was \(end).\n"
  }

  private var reasons: String {
    let shown = withoutCost.prefix(5).map { reason in
      "  \(reason.points) \(reason.kind == .failed ? "failed" : "cannot run"): \(reason.reason) (\(reason.example))\n"
    }
    let rest = withoutCost.dropFirst(5).reduce(0) { $0 + $1.points }
    return shown.joined() + (rest > 0 ? "  \(rest) for other reasons\n" : "")
  }

  private var certainty: String {
    guard let precision else { return "" }
    return
      "Error of a latency: at most \(Quantity.percent(precision.goal)) at \(Quantity.percent(precision.share)) of the "
      + "points, \(Quantity.percent(precision.worst)) at the worst\n"
  }

  private var again: String {
    guard let repeatability else { return "" }
    return "\(Quantity.counted(repeatability.points, "point")) measured again: median difference "
      + "\(Quantity.percent(repeatability.medianDifference)), 90 % of them within "
      + "\(Quantity.percent(repeatability.ninetiethPercentile)), \(Quantity.percent(repeatability.worst)) at the worst; "
      + "drift \(Quantity.signedPercent(repeatability.drift))\n"
  }

  private var machineText: String {
    guard let machine else { return "" }
    let clock =
      machine.leastClockHertz.flatMap { least in
        machine.mostClockHertz.map { ", clock \(Quantity.plain(least))Hz to \(Quantity.plain($0))Hz" }
      } ?? ""
    let throttles = machine.throttles.map { ", slowed down by heat \($0) times" } ?? ""
    return
      "This machine meanwhile: other programs used \(Quantity.percent(machine.foreignShare)) of its processors"
      + "\(clock)\(throttles)\n"
  }
}
