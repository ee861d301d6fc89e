import Core

extension LookupTable {
  /// One line per cell, after a header that names metrics and units; layers count from 0.
  ///
  /// Every line states batch and shape, so that the file needs no other to be understood. Numbers read back to the
  /// same bits; a point that the target cannot run has empty costs, and one that nobody measured has no line.
  public func csv(unit: CostSheet.LatencyUnit) throws -> String {
    let metrics = metrics
    let titles = metrics.map { $0 == .latency && unit == .cycles ? "cycles" : $0.rawValue }
    let statesOutputs = !outputWidths.isEmpty
    let columns =
      ["layer", "name", "batch"] + SheetHeader.shape + (statesWindow ? SheetHeader.window : [])
      + (isOfBits ? SheetHeader.bits : SheetHeader.formats).prefix(statesOutputs ? 3 : 2) + titles
    var text = columns.joined(separator: ",") + "\n"
    let points = Dictionary(grouping: written, by: \.layer)
    for (index, layer) in network.layers.enumerated() {
      let identity =
        "\(index),\(CSVCell.text(layer.name)),\(network.batch),\(Self.shape(of: layer))"
        + (statesWindow ? ",\(layer.dilation),\(layer.padding)" : "")
      for point in points[index] ?? [] {
        let costs = try metrics.map { try cell($0, at: point, unit: unit) }
        let output = statesOutputs ? ",\(point.output.map(written) ?? "")" : ""
        text +=
          "\(identity),\(written(point.precision.weight)),\(written(point.precision.activation))\(output),"
          + "\(costs.joined(separator: ","))\n"
      }
    }
    return text
  }

  /// The points that have a line, in order: what nobody measured has none; a line without costs says that the target
  /// cannot run the point.
  private var written: [Point] {
    let (weights, activations) = (Set(weightWidths), Set(activationWidths))
    return Set(cells.keys).union(unsupported).filter {
      weights.contains($0.precision.weight) && activations.contains($0.precision.activation)
    }.sorted()
  }

  /// Whether bits tell all formats; else the columns have names of formats.
  private var isOfBits: Bool {
    (weightWidths + activationWidths + outputWidths).allSatisfy(\.isNumberOfBits)
  }

  private func written(_ width: BitWidth) -> String { isOfBits ? "\(width)" : width.formatName }

  /// Whether a layer's sizes do not say all of its window; the columns that do are left out otherwise.
  private var statesWindow: Bool {
    network.layers.contains { $0.dilation != .one || $0.padding != $0.impliedPadding }
  }

  private func cell(_ metric: Metric, at point: Point, unit: CostSheet.LatencyUnit) throws -> String {
    guard let cost = cells[point]?[metric] else { return "" }
    guard unit == .cycles, metric == .latency else { return "\(cost)" }
    return "\(try cycles(cost, at: point))"
  }

  private static func shape(of layer: Layer) -> String {
    "\(layer.kind.rawValue),\(layer.groups),\(layer.inputChannels),\(layer.outputChannels),\(layer.input),"
      + "\(layer.output),\(layer.kernel),\(layer.stride)"
  }
}
