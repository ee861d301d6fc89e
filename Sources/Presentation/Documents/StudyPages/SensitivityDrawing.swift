import Core
import Foundation
import PrecisionSearch
import Rendering

/// The sensitivities that a search measured, as a picture and as numbers; layers held at 8 bit have none.
struct SensitivityDrawing {
  let chart: SensitivityChart
  let titles: [String]
  let rows: [[String]]

  /// Nil when the search measured none.
  init?(_ report: StudyReport) {
    let layers = report.table.network.layers
    guard let sensitivity = report.sensitivity, sensitivity.layers.count == layers.count else { return nil }
    let parts = sensitivity.layers
    func widths(_ role: KeyPath<Sensitivity.LayerPart, [Sensitivity.Increase]>) -> [BitWidth] {
      Set(parts.compactMap(\.self).flatMap { $0[keyPath: role].map(\.width) }).sorted()
    }
    func values(_ role: Role, _ widths: [BitWidth]) -> [[Double?]] {
      layers.indices.map { layer in widths.map { sensitivity.increase(layer: layer, role, at: $0) } }
    }
    let (weights, activations) = (widths(\.weight), widths(\.activation))
    let columns = weights.map { "W\($0)" } + activations.map { "A\($0)" }
    let increases = zip(values(.weight, weights), values(.activation, activations)).map { $0 + $1 }
    chart = SensitivityChart(
      title: "What each width does to each layer", rows: layers.map(\.name),
      blocks: [
        .init(title: "weights", columns: weights.map { "W\($0)" }, values: values(.weight, weights)),
        .init(
          title: "activations", columns: activations.map { "A\($0)" },
          values: values(.activation, activations)),
      ],
      valueTitle:
        "increase of the \(sensitivity.measure.title), nats")
    titles = ["layer"] + columns
    rows = zip(layers, increases).map { layer, row in
      [layer.name] + row.map { $0.map { String(format: "%.3g", $0) } ?? "" }
    }
  }
}
