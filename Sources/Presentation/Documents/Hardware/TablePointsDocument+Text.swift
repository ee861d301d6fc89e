public import Core
import Rendering

extension TablePointsDocument {
  /// One line per layer, with one cost at the narrowest, the middle and the widest precision.
  public func text(of metric: Metric) -> String {
    func middle(_ widths: [BitWidth]) -> [BitWidth] {
      [widths[0], widths[(widths.count - 1) / 2], widths[widths.count - 1]]
    }
    let pairs = Set(points.map { Precision(weight: $0.weightBits, activation: $0.activationBits) }).sorted()
    // Of formats that bits do not order, few pairs occur, and all are shown.
    let precisions =
      pairs.allSatisfy(\.isNumberOfBits)
      ? zip(middle(weightBits), middle(activationBits)).map { Precision(weight: $0, activation: $1) }
      : pairs
    var table = TextTable(
      [.init("layer"), .init("shape"), .init("points", .right)]
        + precisions.map { .init("\($0)", .right) })
    let costs = costs(of: metric)
    for (index, layer) in layers.enumerated() {
      let count = points.count { $0.layer == index }
      table.add(
        [layer.name, layer.shape, "\(count)"]
          + precisions.map { Self.cell(costs[Point(layer: index, precision: $0)], metric) })
    }
    let lacking = missingLayers.isEmpty ? "" : "Missing layers: \(missingLayers.joined(separator: ", ")).\n"
    return """
      \(Quantity.counted(points.count, "point")) of \(Quantity.counted(layers.count, "layer")), batch \(batch); \
      \(metrics.map(\.key).joined(separator: ", ")). Shown: \(metric.key)\(outputsNote).

      \(table.text)\(lacking)
      """
  }

  /// All precisions of layer number `layer`.
  public func text(of metric: Metric, layer: Int) -> String {
    var table = TextTable(
      [.init("")] + activationBits.map { .init($0.isNumberOfBits ? "A\($0)" : "\($0)", .right) })
    let costs = costs(of: metric)
    for weight in weightBits {
      table.add(
        [weight.isNumberOfBits ? "W\(weight)" : "\(weight)"]
          + activationBits.map { activation in
            let precision = Precision(weight: weight, activation: activation)
            return Self.cell(costs[Point(layer: layer, precision: precision)], metric)
          })
    }
    let part = layers[layer]
    return "\(part.name): \(part.shape), batch \(batch), \(metric.key)\(outputsNote)\n\n\(table.text)"
  }

  private var outputsNote: String {
    outputBits == nil ? "" : ", with outputs as wide as inputs, or of 32 bits where nobody quantizes them"
  }

  /// By layer and precision; of several widths of outputs, that of a network whose layers all have the precision.
  private func costs(of metric: Metric) -> [Point: Double] {
    points.reduce(into: [:]) { costs, point in
      let precision = Precision(weight: point.weightBits, activation: point.activationBits)
      let key = Point(layer: point.layer, precision: precision)
      let isUniform = [nil, point.activationBits].contains(point.outputBits)
      if isUniform || (point.outputBits == .float && costs[key] == nil) { costs[key] = point.cost[metric] }
    }
  }

  private static func cell(_ cost: Double?, _ metric: Metric) -> String {
    cost.map { Quantity.cost($0, metric) } ?? "-"
  }
}
