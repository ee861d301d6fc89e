import Core
import CostTables
import Foundation

extension Comparison {
  /// What explains measured costs better than the table's own columns do: layers that are moved by one, widths of weights
  /// and activations that changed places, layers in another unit.
  func slips(units: [(name: String, perSI: Double)]) -> [String] {
    [shift, swappedWidths, partOfAnotherUnit(units)].compactMap { $0 }
  }

  /// Costs that agree this well need no other explanation.
  private static let agreement = log(1.15)
  /// How much better another reading must explain the table.
  private static let improvement = 0.4

  private var shift: String? {
    let moved = [1, -1].compactMap { step -> (step: Int, spread: Double)? in
      let pairs = measuredCosts.compactMap { point, measured -> (own: Double, other: Double)? in
        let source = Point(layer: point.layer + step, precision: point.precision, output: point.output)
        guard let own = predictedCosts[point], let other = predictedCosts[source], own > 0, other > 0,
          measured > 0
        else { return nil }
        return (log(measured / own), log(measured / other))
      }
      return Self.isBetter(pairs, atLeast: 8) ? (step, Self.spread(pairs.map(\.other))) : nil
    }
    return moved.min { $0.spread < $1.spread }.map { best in
      "the costs look moved by one layer: those of each layer are like the ones predicted for the layer "
        + "\(best.step > 0 ? "after" : "before") it. Does the table count layers from 1, or lack one?"
    }
  }

  private var swappedWidths: String? {
    let swapped = measuredCosts.compactMap { point, measured -> (own: Double, other: Double)? in
      let other = Point(layer: point.layer, precision: point.precision.swapped, output: point.output)
      guard point.precision.weight != point.precision.activation, let own = predictedCosts[point],
        let swapped = predictedCosts[other], own > 0, swapped > 0, own != swapped, measured > 0
      else { return nil }
      return (log(measured / own), log(measured / swapped))
    }
    guard Self.isBetter(swapped, atLeast: 4) else { return nil }
    return
      "the widths of weights and activations look swapped: costs are like those predicted for W4A8 where the table "
      + "says W8A4"
  }

  /// Whether the other reading has far smaller residuals, each about its own median, because a model may be off by a factor.
  private static func isBetter(_ pairs: [(own: Double, other: Double)], atLeast count: Int) -> Bool {
    guard pairs.count >= count else { return false }
    let (own, other) = (spread(pairs.map(\.own)), spread(pairs.map(\.other)))
    return own > agreement && other < improvement * own
  }

  /// The mean distance from the median.
  private static func spread(_ values: [Double]) -> Double {
    guard let middle = values.median else { return 0 }
    return values.map { abs($0 - middle) }.reduce(0, +) / Double(values.count)
  }

  /// Layers whose ratio of measured to predicted is that of the others times a thousand, or another step of units.
  private func partOfAnotherUnit(_ units: [(name: String, perSI: Double)]) -> String? {
    let byLayer = Dictionary(grouping: points, by: \.point.layer).compactMapValues { points in
      points.map { log($0.measured / max($0.predicted, .leastNormalMagnitude)) }.median
    }
    guard byLayer.count >= 3, let middle = Array(byLayer.values).median else { return nil }
    let steps = units.map(\.perSI).filter { $0 >= 100 }
    for step in steps.flatMap({ [$0, 1 / $0] }) {
      let odd = byLayer.filter { abs($0.value - middle - log(step)) < log(3) }.map(\.key).sorted()
      guard !odd.isEmpty, odd.count < byLayer.count else { continue }
      let names = odd.prefix(5).map { network.layers[$0].name }.joined(separator: ", ")
      return
        "\(odd.count) of \(byLayer.count) layers \(odd.count == 1 ? "looks as if it was" : "look as if they were") in another unit than the others, by a factor of "
        + "\(String(format: "%g", step)): \(names)\(odd.count > 5 ? ", ..." : "")"
    }
    return nil
  }
}

extension Precision {
  /// Weights as wide as activations were, and the reverse.
  var swapped: Precision { Precision(weight: activation, activation: weight) }
}
