import Core

/// What a sheet says of one layer: a grid for each width of its output, or one alone where the sheet states none.
struct SheetLayer: Hashable, Sendable {
  private(set) var grids: [BitWidth?: SheetGrid] = [:]

  mutating func add(_ row: CostSheet.Row) { grids[row.output, default: SheetGrid()].add(row) }

  /// The grid that has the costs of a point. One that does not state the width of its output has that of its input, as
  /// for plugins (H-41); a sheet that does not state widths of outputs has costs that do not depend on them.
  func grid(at precision: Precision, output: BitWidth?) -> SheetGrid? {
    grids[nil] ?? grids[output ?? precision.activation]
  }
}

/// What a sheet says of one layer at one width of its output: a cell for each precision that it has.
struct SheetGrid: Hashable, Sendable {
  /// The cells by precision.
  private(set) var cells: [Precision: Cell] = [:]

  /// One cell.
  struct Cell: Hashable, Sendable {
    /// SI units; nil when the target cannot run the point.
    var costs: [Metric: Double]?

    var outcome: PointOutcome { costs.map { .cost(Cost(values: $0)) } ?? .unsupported }
  }

  mutating func add(_ row: CostSheet.Row) { cells[row.precision] = Cell(costs: row.costs) }

  /// Costs that are linear in the bits of weights and of activations, between the measured points around it.
  ///
  /// Of the rectangles of measured widths whose corners can all run, the smallest is taken: the one of the fewest bits
  /// in sum, then of the fewest in the weights. A line between two points of one row or column is one, too. Nil where
  /// there is none, also beyond the measured widths.
  /// Other formats lie between no others: those are measured, or missing.
  func interpolated(at precision: Precision) -> [Metric: Double]? {
    let weights = Span.all(around: precision.weight, in: Set(cells.keys.map(\.weight)))
    let activations = Span.all(around: precision.activation, in: Set(cells.keys.map(\.activation)))
    let rectangles = weights.flatMap { weight in activations.map { (weight: weight, activation: $0) } }
      .sorted {
        ($0.weight.bits + $0.activation.bits, $0.weight.bits) < (
          $1.weight.bits + $1.activation.bits, $1.weight.bits
        )
      }
    return rectangles.lazy.compactMap { costs(between: $0.weight, $0.activation) }.first
  }

  private func costs(between weight: Span, _ activation: Span) -> [Metric: Double]? {
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

  /// Two widths around one, each with its share; one alone where the width is itself.
  private struct Span {
    let ends: [(BitWidth, Double)]
    /// Between the two.
    let bits: Int

    /// The width itself, and every measured width below it with every one above it.
    static func all(around width: BitWidth, in measured: Set<BitWidth>) -> [Span] {
      let numbers = width.isNumberOfBits ? measured.filter(\.isNumberOfBits) : []
      let between = numbers.filter { $0 < width }.flatMap { lower in
        numbers.filter { $0 > width }.map { upper in
          let share = Double(width.bits - lower.bits) / Double(upper.bits - lower.bits)
          return Span(ends: [(lower, 1 - share), (upper, share)], bits: upper.bits - lower.bits)
        }
      }
      return [Span(ends: [(width, 1)], bits: 0)] + between
    }
  }
}
