public import HardwareModel

/// The unit of the latency column of a table.
public enum LatencyUnit: Sendable {
  case seconds
  case cycles(CycleColumn)
}

extension CostTable {
  /// One line per layer, weight width and activation width, after a header that names metrics and units.
  ///
  /// `layer` counts from 0. Cells that the target cannot run are empty. Numbers read back to the same bits. Every
  /// line ends with the layer's shape, by which a table target recognises layers (`docs/spec.md` section 5.2).
  public func csv(unit: LatencyUnit = .seconds) throws -> String {
    let metrics = Metric.allCases.filter { aggregates.keys.contains($0) }
    let titles = metrics.map { metric in
      if case .cycles = unit, metric == .latency { return "cycles" }
      return metric.rawValue
    }
    var text = "layer,name,weight_bits,activation_bits,\(titles.joined(separator: ",")),\(Self.shapeTitles)\n"
    for (index, layer) in network.layers.enumerated() {
      let name = Self.quoted(layer.name)
      let shape = Self.shape(of: layer)
      for weight in weightWidths {
        for activation in activationWidths {
          let precision = Precision(weight: weight, activation: activation)
          let cells = try metrics.map { try cell($0, layer: index, at: precision, unit: unit) }
          text += "\(index),\(name),\(weight),\(activation),\(cells.joined(separator: ",")),\(shape)\n"
        }
      }
    }
    return text
  }

  private func cell(
    _ metric: Metric, layer: Int, at precision: Precision, unit: LatencyUnit
  ) throws -> String {
    guard let cost = cost(metric, layer: layer, at: precision) else { return "" }
    guard case .cycles(let column) = unit, metric == .latency else { return "\(cost)" }
    return "\(try column.cycles(cost, cell: "\(network.layers[layer].name) at \(precision)"))"
  }

  private static let shapeTitles = "kind,groups,in_channels,out_channels,input,output,kernel,stride"

  private static func shape(of layer: Layer) -> String {
    "\(layer.kind.rawValue),\(layer.groups),\(layer.inputChannels),\(layer.outputChannels),\(layer.input),"
      + "\(layer.output),\(layer.kernel),\(layer.stride)"
  }

  /// Fields with commas, quotation marks or line ends are quoted as RFC 4180 says.
  private static func quoted(_ field: String) -> String {
    guard field.contains(where: { ",\"\n\r\r\n".contains($0) }) else { return field }
    return "\"" + field.replacing("\"", with: "\"\"") + "\""
  }
}
