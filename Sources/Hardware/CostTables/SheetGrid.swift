import Core

/// What a sheet says of one layer: a cell for each precision that it has.
struct SheetGrid: Sendable {
  /// The cells by precision.
  private(set) var cells: [Precision: Cell] = [:]

  /// One cell.
  struct Cell: Hashable, Sendable {
    /// SI units; nil when the target cannot run the point.
    var costs: [Metric: Double]?

    var outcome: PointOutcome { costs.map { .cost(Cost(values: $0)) } ?? .unsupported }
  }

  mutating func add(_ row: CostSheet.Row) { cells[row.precision] = Cell(costs: row.costs) }

  /// Costs between the nearest measured widths on each side: linear in the bits of weights and of activations.
  ///
  /// Nil beyond the measured widths, or when a corner of the surrounding rectangle is not measured or cannot run.
  func interpolated(at precision: Precision) -> [Metric: Double]? {
    guard let weight = Span(around: precision.weight, in: cells.keys.map(\.weight)),
      let activation = Span(around: precision.activation, in: cells.keys.map(\.activation))
    else { return nil }
    var total: [Metric: Double] = [:]
    for (weightWidth, weightShare) in weight.ends {
      for (activationWidth, activationShare) in activation.ends {
        let corner = Precision(weight: weightWidth, activation: activationWidth)
        guard let costs = cells[corner]?.costs else { return nil }
        for (metric, cost) in costs {
          total[metric, default: 0] += weightShare * activationShare * cost
        }
      }
    }
    return total
  }

  /// The nearest measured widths around a width, each with its share; one alone where the width is measured.
  private struct Span {
    let ends: [(BitWidth, Double)]

    init?(around width: BitWidth, in measured: [BitWidth]) {
      guard let lower = measured.filter({ $0 <= width }).max(),
        let upper = measured.filter({ $0 >= width }).min()
      else { return nil }
      guard lower < upper else {
        ends = [(lower, 1)]
        return
      }
      let share = Double(width.bits - lower.bits) / Double(upper.bits - lower.bits)
      ends = [(lower, 1 - share), (upper, share)]
    }
  }
}
