package import Core

/// What a sheet says of one layer, at one width of its output where it states that, without a network: for judging the
/// sheet itself.
package struct MeasuredLayer: Sendable {
  /// How messages call the layer, and the layer at this width of its output.
  package let name: String
  package let title: String
  /// Its position in the network, from 0, when the file states it.
  package let number: Int?
  /// The width of its output, when the file states it.
  package let output: BitWidth?
  package let shape: LayerShape?
  private let grid: SheetGrid

  init(_ layer: CostSheet.StatedLayer, output: BitWidth?, grid: SheetGrid) {
    let name: String =
      if let name = layer.name { "\"\(name)\"" } else if let number = layer.number { "\(number)" } else {
        layer.shape.map { "\($0)" } ?? "?"
      }
    title = name + (output.map { " with outputs " + ($0.isNumberOfBits ? "of \($0) bits" : $0.phrase) } ?? "")
    self.name = name
    self.output = output
    number = layer.number
    shape = layer.shape
    self.grid = grid
  }

  /// The measured pairs of widths, ascending.
  package var precisions: [Precision] {
    grid.cells.keys.sorted()
  }

  /// SI units; nil where the row has no cost.
  package func cost(_ metric: Metric, at precision: Precision) -> Double? {
    grid.cells[precision]?.costs?[metric]
  }

  /// Whether the sheet says what the layer costs at these widths, or that it cannot run.
  package func hasOutcome(at precision: Precision, interpolating: Bool) -> Bool {
    grid.cells[precision] != nil || (interpolating && grid.interpolated(at: precision) != nil)
  }

  /// By what factor a cost contradicts those of the layer at other widths, at most: by being above one of wider
  /// operands, or above one of narrower operands by more than the ratio of their bit products, and the reverse.
  ///
  /// 1 or less where nothing contradicts it. `weight` sums over all contradictions, so that of the costs that
  /// contradict each other it is largest for the one that is wrong.
  package func contradiction(of precision: Precision, _ metric: Metric) -> (factor: Double, weight: Double) {
    guard let cost = cost(metric, at: precision), cost > 0 else { return (0, 0) }
    let ratios = precisions.flatMap { other -> [Double] in
      guard other != precision, let otherCost = self.cost(metric, at: other), otherCost > 0 else { return [] }
      let growth = Double(other.bitProduct) / Double(precision.bitProduct)
      // Work grows with the product of bits where operands are integers; what floats cost is a matter of the hardware.
      guard other.isNumberOfBits, precision.isNumberOfBits else { return [] }
      if other.covers(precision) { return [cost / otherCost, otherCost / (cost * growth)] }
      if precision.covers(other) { return [otherCost / cost, cost * growth / otherCost] }
      return []
    }
    return ratios.reduce((0, 0)) { ($1 > $0.0 ? $1 : $0.0, $0.1 + max(0, $1 - 1)) }
  }
}

extension Precision {
  fileprivate var bitProduct: Int { weight.bits * activation.bits }
}

extension LayerShape {
  /// Multiply-accumulates of one sample; a number that cannot overflow, whatever a file says.
  package var multiplyAccumulates: Double {
    let positions = kind == .transposedConvolution ? input : output
    return weightCount * Double(positions.height) * Double(positions.width)
  }

  /// Elements of the weights.
  package var weightCount: Double {
    Double(outputChannels) * Double(inputChannels) / Double(max(1, groups)) * Double(kernel.height)
      * Double(kernel.width)
  }
}

extension CostSheet {
  /// The layers of the sheet, by number or in the order of their first rows; each once for every width of its output.
  package var measuredLayers: [MeasuredLayer] {
    var layers: [StatedLayer: SheetLayer] = [:]
    for row in rows { layers[StatedLayer(row), default: SheetLayer()].add(row) }
    return statedLayers.flatMap { layer in
      (layers[layer] ?? SheetLayer()).grids.sorted { one, other in
        guard let output = one.key, let otherOutput = other.key else {
          return one.key == nil && other.key != nil
        }
        return output < otherOutput
      }
      .map { MeasuredLayer(layer, output: $0.key, grid: $0.value) }
    }
  }
}
