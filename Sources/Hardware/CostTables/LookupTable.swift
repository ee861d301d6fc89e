public import Core

/// Costs of a network's layers from elsewhere: measured, simulated or published. Any cell may be missing.
public struct LookupTable: Hashable, Sendable {
  /// What the costs are for, with its batch.
  public var network: Network
  /// SI units, for the whole batch; each value is finite and not negative.
  public var cells: [Point: [Metric: Double]]
  /// Points that cannot run, as opposed to those that nobody measured.
  public var unsupported: Set<Point> = []
  /// Numbers of layers that the table's own numbers skip, so that the network has them and the table does not.
  public var skippedLayers: [Int] = []
  /// The clock by which latencies are whole cycles, if the table came or is to be written in cycles.
  public var clockHertz: Double?

  public init(network: Network, cells: [Point: [Metric: Double]], clockHertz: Double? = nil) {
    self.network = network
    self.cells = cells
    self.clockHertz = clockHertz
  }

  /// Every cost of a table that a target gave; cells that the target cannot run are missing.
  public init(_ table: CostTable, clockHertz: Double? = nil) {
    var cells: [Point: [Metric: Double]] = [:]
    var unsupported: Set<Point> = []
    for layer in table.network.layers.indices {
      for weight in table.weightWidths {
        for activation in table.activationWidths {
          let precision = Precision(weight: weight, activation: activation)
          for output in table.outputWidths(ofLayer: layer) {
            let costs = table.costs(ofLayer: layer, at: precision, output: output)
            let point = Point(layer: layer, precision: precision, output: output)
            if costs.isEmpty { unsupported.insert(point) } else { cells[point] = costs }
          }
        }
      }
    }
    self.init(network: table.network, cells: cells, clockHertz: clockHertz)
    self.unsupported = unsupported
  }

  /// The metrics that at least one cell has, in the order of `Metric.allCases`.
  public var metrics: [Metric] {
    let present = cells.values.reduce(into: Set<Metric>()) { $0.formUnion($1.keys) }
    return Metric.allCases.filter(present.contains)
  }

  /// Widths of weights that occur, ascending.
  public var weightWidths: [BitWidth] { Set(cells.keys.map(\.precision.weight)).sorted() }

  /// Widths of activations that occur, ascending.
  public var activationWidths: [BitWidth] { Set(cells.keys.map(\.precision.activation)).sorted() }

  /// Widths of outputs that occur, ascending; empty where the table states none.
  public var outputWidths: [BitWidth] { Set(cells.keys.compactMap(\.output)).sorted() }

  /// The pairs of widths that some layer was measured at, as a spec states them.
  public var measuredPairs: WidthRules.Pairs {
    let pairs = Set(cells.keys.map(\.precision))
    if pairs.count == weightWidths.count * activationWidths.count { return .all }
    if weightWidths == activationWidths, pairs.allSatisfy({ $0.weight == $0.activation }) { return .equal }
    return .listed(pairs)
  }

  /// Layers, and pairs that some layer was measured at, without a cost: `stem`, or `stem at W4A4`.
  public var unmeasured: [String] {
    let pairs = Set(cells.keys.map(\.precision)).sorted()
    // Whatever the widths of outputs.
    let known = Set(
      Set(cells.keys).union(unsupported).map { Point(layer: $0.layer, precision: $0.precision) })
    let covered = Set(known.map(\.layer))
    return network.layers.indices.flatMap { layer -> [String] in
      guard covered.contains(layer) else { return [network.layers[layer].name] }
      return pairs.map { Point(layer: layer, precision: $0) }.filter { !known.contains($0) }.map(name)
    }
  }

  /// Points that have a cell, by layer, weight width, activation width and output width.
  public var sortedPoints: [Point] { cells.keys.sorted() }

  /// The cost of one cell; nil when it is missing.
  public func cost(
    _ metric: Metric, layer: Int, at precision: Precision, output: BitWidth? = nil
  ) -> Double? {
    cells[Point(layer: layer, precision: precision, output: output)]?[metric]
  }

  /// Layers with at least one cell, ascending.
  public var coveredLayers: [Int] { Set(cells.keys.map(\.layer)).sorted() }

  /// The names of layers without any cell.
  public var missingLayers: [String] {
    let covered = Set(coveredLayers)
    return network.layers.indices.filter { !covered.contains($0) }.map { network.layers[$0].name }
  }
}
