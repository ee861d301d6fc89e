import Core
import Documents
import Foundation
import PrecisionSearch
import Rendering

/// The output of `haq sensitivity` in both formats, and its picture.
struct SensitivityReport: Encodable {
  var network: String
  /// Absent without a target.
  var target: TargetStamp?
  var data: String
  /// Validation samples of each sensitivity measurement.
  var samples: Int
  var measure: Sensitivity.Measure
  var layers: [LayerPart]

  /// One layer.
  struct LayerPart: Encodable {
    var name: String
    var kind: Layer.Kind
    /// At uniform 8 bit; absent without a target that can run that.
    var eight_bit_latency_s: Double?
    /// By width, narrowest first; increases in nats.
    var weight: [Sensitivity.Increase]
    var activation: [Sensitivity.Increase]
  }

  /// - Precondition: every layer was measured.
  init(_ sensitivity: Sensitivity, table: CostTable, isOnTarget: Bool, data: String, samples: Int) {
    network = table.network.name
    target = isOnTarget ? TargetStamp(table) : nil
    self.data = data
    self.samples = samples
    measure = sensitivity.measure
    layers = zip(table.network.layers, sensitivity.layers).enumerated().map { index, layer in
      guard let part = layer.1 else { preconditionFailure("every layer was measured") }
      return LayerPart(
        name: layer.0.name, kind: layer.0.kind,
        eight_bit_latency_s: table.cost(.latency, layer: index, at: .eight),
        weight: part.weight.sorted { $0.width < $1.width },
        activation: part.activation.sorted { $0.width < $1.width })
    }
  }

  private var what: String {
    switch measure {
    case .divergence: "Kullback-Leibler divergence from the float network"
    case .loss: "cross-entropy"
    }
  }

  /// The widths of a role below the widest, which all increases are relative to; narrowest first.
  private func widths(_ role: KeyPath<LayerPart, [Sensitivity.Increase]>) -> [BitWidth] {
    Set(layers.flatMap { $0[keyPath: role].dropLast().map(\.width) }).sorted()
  }

  private func increase(
    _ layer: LayerPart, _ role: KeyPath<LayerPart, [Sensitivity.Increase]>, at width: BitWidth
  ) -> Double? {
    layer[keyPath: role].first { $0.width == width }?.increase
  }

  /// The table for a terminal, in thousandths of a nat.
  var text: String {
    let (weights, activations) = (widths(\.weight), widths(\.activation))
    let total = layers.reduce(0) { $0 + ($1.eight_bit_latency_s ?? 0) }
    var table = TextTable(
      [.init("layer"), .init("kind")] + (target == nil ? [] : [.init("of latency", .right)])
        + weights.map { .init("W\($0)", .right) } + activations.map { .init("A\($0)", .right) })
    for layer in layers {
      let share = layer.eight_bit_latency_s.map { total > 0 ? Quantity.percent($0 / total) : "" } ?? ""
      table.add(
        [layer.name, layer.kind.rawValue] + (target == nil ? [] : [share])
          + weights.map { Self.thousandths(increase(layer, \.weight, at: $0)) }
          + activations.map { Self.thousandths(increase(layer, \.activation, at: $0)) })
    }
    let place = target.map { " on \($0.id)" } ?? ""
    return """
      \(network)\(place), \(data), \(samples) validation samples a measurement
      Increase of the \(what) when one operand has so many bits, in thousandths of a nat.
      Where more bits did worse than fewer, both have the worse figure.

      \(table.text)\(target?.caution ?? "")
      """
  }

  private static func thousandths(_ increase: Double?) -> String {
    increase.map { String(format: $0 < 0.01 ? "%.2f" : $0 < 0.1 ? "%.1f" : "%.0f", $0 * 1000) } ?? ""
  }

  var chart: SensitivityChart {
    func block(
      _ title: String, _ letter: String, _ role: KeyPath<LayerPart, [Sensitivity.Increase]>
    ) -> SensitivityChart.Block {
      let widths = widths(role)
      return SensitivityChart.Block(
        title: title, columns: widths.map { "\(letter)\($0)" },
        values: layers.map { layer in widths.map { increase(layer, role, at: $0) } })
    }
    return SensitivityChart(
      title: "Sensitivity of \(network)\(target.map { " on \($0.title)" } ?? "")", rows: layers.map(\.name),
      blocks: [block("weights", "W", \.weight), block("activations", "A", \.activation)],
      valueTitle: "increase of the \(measure == .divergence ? "divergence" : "cross-entropy"), nats")
  }
}
