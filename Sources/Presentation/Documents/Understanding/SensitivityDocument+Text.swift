import Core
import Foundation
import PrecisionSearch
public import Rendering

extension SensitivityDocument {
  /// The widths of an operand below the widest of some layer, which all increases are relative to.
  private func widths(_ role: KeyPath<LayerPart, [Increase]>) -> [BitWidth] {
    Set(layers.flatMap { $0[keyPath: role].dropLast().map(\.bits) }).sorted()
  }

  /// In nats; nil where it was not measured.
  private func increase(
    _ layer: LayerPart, _ role: KeyPath<LayerPart, [Increase]>, at width: BitWidth
  ) -> Double? {
    layer[keyPath: role].first { $0.bits == width }?.nats
  }

  /// The table for a terminal, in thousandths of a nat.
  public var text: String {
    let (weights, activations) = (widths(\.weight), widths(\.activation))
    let total = layers.reduce(0) { $0 + ($1.eightBitLatencySeconds ?? 0) }
    var table = TextTable(
      [.init("layer"), .init("kind")] + (target == nil ? [] : [.init("of latency", .right)])
        + weights.map { .init("W\(Self.title($0))", .right) }
        + activations.map { .init("A\(Self.title($0))", .right) })
    for layer in layers {
      let share = layer.eightBitLatencySeconds.map { total > 0 ? Quantity.percent($0 / total) : "" } ?? ""
      table.add(
        [layer.name, layer.kind.rawValue] + (target == nil ? [] : [share])
          + weights.map { Self.thousandths(increase(layer, \.weight, at: $0)) }
          + activations.map { Self.thousandths(increase(layer, \.activation, at: $0)) })
    }
    let place = target.map { " on \($0.id)" } ?? ""
    return """
      \(network)\(place), \(data), \(samples) validation samples per measurement
      Increase of the \(what) when one operand of the layer has the bits of the column, in thousandths of a nat.
      Where more bits did worse than fewer, both have the worse figure.

      \(table.text)\(target?.caution ?? "")
      """
  }

  /// Such as `4`, or ` bf16` apart from the letter before it.
  private static func title(_ width: BitWidth) -> String { width.isNumberOfBits ? "\(width)" : " \(width)" }

  private var what: String {
    switch measure {
    case .divergence: "Kullback-Leibler divergence from the float network"
    case .loss: "cross-entropy"
    case .estimatedDivergence: "estimated Kullback-Leibler divergence from the float network"
    }
  }

  private static func thousandths(_ increase: Double?) -> String {
    increase.map { String(format: $0 < 0.01 ? "%.2f" : $0 < 0.1 ? "%.1f" : "%.0f", $0 * 1000) } ?? ""
  }

  public var chart: SensitivityChart {
    func block(
      _ title: String, _ letter: String, _ role: KeyPath<LayerPart, [Increase]>
    ) -> SensitivityChart.Block {
      let widths = widths(role)
      return SensitivityChart.Block(
        title: title, columns: widths.map { "\(letter)\(Self.title($0))" },
        values: layers.map { layer in widths.map { increase(layer, role, at: $0) } })
    }
    return SensitivityChart(
      title: "Sensitivity of \(network)\(target.map { " on \($0.title)" } ?? "")", rows: layers.map(\.name),
      blocks: [block("weights", "W", \.weight), block("activations", "A", \.activation)],
      valueTitle:
        "increase of the \(measure.title), nats, \(samples) samples"
    )
  }
}

extension Sensitivity.Measure {
  /// As axes of charts have it.
  var title: String {
    switch self {
    case .divergence: "divergence"
    case .loss: "cross-entropy"
    case .estimatedDivergence: "estimated divergence"
    }
  }
}
