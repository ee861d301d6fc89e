package import Core

/// What a sheet says of one layer, without a network: for judging the sheet itself.
package struct MeasuredLayer: Sendable {
  /// How messages call it.
  package let title: String
  /// Its position in the network, from 0, when the file states it.
  package let number: Int?
  package let shape: LayerShape?
  private let grid: SheetGrid

  init(_ layer: CostSheet.StatedLayer, grid: SheetGrid) {
    title =
      layer.name.map { "\"\($0)\"" } ?? layer.number.map(String.init) ?? layer.shape.map { "\($0)" } ?? "?"
    number = layer.number
    shape = layer.shape
    self.grid = grid
  }

  /// The measured pairs of widths, ascending.
  package var precisions: [Precision] {
    grid.cells.keys.sorted { ($0.weight, $0.activation) < ($1.weight, $1.activation) }
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
      if other.weight >= precision.weight, other.activation >= precision.activation {
        return [cost / otherCost, otherCost / (cost * growth)]
      }
      if other.weight <= precision.weight, other.activation <= precision.activation {
        return [otherCost / cost, cost * growth / otherCost]
      }
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
  /// The layers of the sheet, by number or in the order of their first rows.
  package var measuredLayers: [MeasuredLayer] {
    var grids: [StatedLayer: SheetGrid] = [:]
    for row in rows { grids[StatedLayer(row), default: SheetGrid()].add(row) }
    return statedLayers.map { MeasuredLayer($0, grid: grids[$0] ?? SheetGrid()) }
  }
}
