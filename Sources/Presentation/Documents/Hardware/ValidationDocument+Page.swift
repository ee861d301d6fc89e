import Core
import Rendering
public import Validation

extension ValidationDocument {
  /// The HTML page, with charts of every point of the comparison that the document is of.
  public func page(of comparison: Comparison) -> String {
    var page = HTMLPage(title: "\(target.id) against \(table)")
    page.add(
      paragraph: "\(metric.key) of \(Quantity.counted(points.count, "point")), \(comparedLayers) of "
        + "\(layers) layers of \(network.name), batch \(network.batch). "
        + "Mean error \(Quantity.smallPercent(points.meanAbsoluteError)), largest "
        + "\(Quantity.smallPercent(points.largestAbsoluteError)), bias \(Quantity.signedPercent(points.bias))."
    )
    for warning in warnings + failures.map({ "limit missed: \($0)" }) { page.add(warning: warning) }
    if let caution = target.evidence?.caution(about: target.id) { page.add(warning: caution) }
    page.add(table: rows, titles: Self.titles, under: "Errors")
    page.add(
      chart: ScatterChart(of: comparison).svg, under: "Predicted against measured (dashed: 10 % off)")
    page.add(chart: HeatMap(of: comparison).svg, under: "Relative error of every layer at every precision")
    if !worst.isEmpty {
      page.add(
        table: worstRows, titles: ["layer", "bits", "predicted", "measured", "error"], under: "Worst points")
    }
    page.add(
      paragraph:
        "spec SHA-256 \(target.specSHA256 ?? "none"); library SHA-256 \(target.librarySHA256 ?? "none"); network "
        + "SHA-256 \(network.sha256)")
    return page.text
  }
}

extension ScatterChart {
  fileprivate init(of comparison: Comparison) {
    let metric = comparison.metric
    let entries = comparison.points.map { point in
      let name = comparison.network.layers[point.point.layer].name
      return ScatterChart.Entry(
        measured: point.measured, predicted: point.predicted, group: point.kind.rawValue,
        title: "\(name) at \(point.point.widths): \(Quantity.signedPercent(point.relativeError))")
    }
    self.init(entries) { Quantity.tick($0, metric) }
  }
}

extension HeatMap {
  fileprivate init(of comparison: Comparison) {
    let layers = Set(comparison.points.map(\.point.layer)).sorted()
    let precisions = Set(comparison.points.map(\.point.precision))
      .sorted { ($0.weight, $0.activation) < ($1.weight, $1.activation) }
    // A cell for each precision: of several widths of outputs, that of a uniform policy.
    let errors = Dictionary(
      uniqueKeysWithValues: comparison.points.filter(\.isUniform).map {
        (Point(layer: $0.point.layer, precision: $0.point.precision), $0.relativeError)
      })
    self.init(
      rows: layers.map { comparison.network.layers[$0].name }, columns: precisions.map(\.description),
      errors: layers.map { layer in precisions.map { errors[Point(layer: layer, precision: $0)] } })
  }
}
