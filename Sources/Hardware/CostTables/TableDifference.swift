public import Core

/// Where the second of two tables of one network differs from the first.
public struct TableDifference: Hashable, Sendable {
  /// One cost that differs by more than the tolerance.
  public struct Cell: Hashable, Sendable {
    public var layer: String
    public var precision: String
    /// Where the tables state widths of outputs.
    public var output: BitWidth?
    public var metric: Metric
    public var first: Double
    public var second: Double
    /// (second - first) / first; absent where the first is 0.
    public var relative: Double?
  }

  public var compared = 0
  /// Metrics that only one of the tables has at all, so that nothing could be compared.
  public var metricsOfOneTable: [Metric]
  /// Largest relative difference first.
  public var differences: [Cell] = []
  /// Costs that only one of the tables has, such as `conv1 at W4A6, energy`.
  public var onlyInFirst: [String] = []
  public var onlyInSecond: [String] = []

  public var isEmpty: Bool { differences.isEmpty && onlyInFirst.isEmpty && onlyInSecond.isEmpty }

  /// - Precondition: both tables are of the same layers.
  public init(_ first: LookupTable, _ second: LookupTable, tolerance: Double) {
    let metrics = (first: Set(first.metrics), second: Set(second.metrics))
    metricsOfOneTable = Metric.ofTargets.filter(metrics.first.symmetricDifference(metrics.second).contains)
    let common = Metric.ofTargets.filter(metrics.first.intersection(metrics.second).contains)
    for point in Set(first.cells.keys).union(second.cells.keys).sorted() {
      for metric in common {
        let name = "\(first.name(of: point)), \(metric.key)"
        switch (first.cells[point]?[metric], second.cells[point]?[metric]) {
        case (let a?, let b?):
          compared += 1
          guard abs(b - a) > tolerance * abs(a) else { continue }
          differences.append(
            Cell(
              layer: first.network.layers[point.layer].name, precision: "\(point.precision)",
              output: point.output, metric: metric, first: a, second: b, relative: a == 0 ? nil : (b - a) / a)
          )
        case (_?, nil): onlyInFirst.append(name)
        case (nil, _?): onlyInSecond.append(name)
        case (nil, nil): continue
        }
      }
    }
    differences.sort { abs($0.relative ?? .infinity) > abs($1.relative ?? .infinity) }
  }
}
