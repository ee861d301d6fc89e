public import Core
public import CostTables
import Diagnostics
import Specs
public import Targets
public import Validation

/// A target, measurements, and the parameters that may change.
public struct CalibrationProblem: Sendable {
  public var target: Target
  /// At least one; each counts with all its points.
  public var tables: [MeasuredTable]
  /// The cost that is fitted.
  public var metric: Metric
  public var parameters: [FreeParameter]

  /// The measured costs of one network.
  public struct MeasuredTable: Sendable {
    public var measured: LookupTable
    public var split: LayerSplit
    /// The file's path and the digest of its bytes.
    public var file: String
    public var sha256: String

    public init(_ measured: LookupTable, split: LayerSplit, file: String, sha256: String) {
      self.measured = measured
      self.split = split
      self.file = file
      self.sha256 = sha256
    }

    /// Only the fitted layers are asked for: each trial costs an instance of the model and a table.
    fileprivate var fittedNetwork: Network {
      let network = measured.network
      return Network(
        name: network.name, batch: network.batch, layers: split.fitted.map { network.layers[$0] },
        // All layers of a measured network have one precision, so that any of them may stand for the readers.
        outputReaders: network.outputReaders.map { readers in
          split.fitted.enumerated().map { readers[$1].isEmpty ? [] : [$0] }
        })
    }
  }

  /// Which of a table's layers are meant.
  public enum Part: Sendable {
    case fitted, heldOut

    func layers(of split: LayerSplit) -> [Int] {
      switch self {
      case .fitted: split.fitted
      case .heldOut: split.heldOut
      }
    }
  }

  public init(
    target: Target, tables: [MeasuredTable], metric: Metric, parameters: [FreeParameter]
  ) {
    self.target = target
    self.tables = tables
    self.metric = metric
    self.parameters = parameters
  }

  /// The values in the spec, in the order of `parameters`.
  public var start: [Double] { parameters.map { target.spec.number($0.key) ?? $0.range.low } }

  /// The target with these values in the order of `parameters`.
  public func target(with values: [Double]) -> Target {
    target.withParameters(Dictionary(uniqueKeysWithValues: zip(parameters.map(\.key), values)))
  }

  /// Fits the costs of the fitted layers of all tables.
  ///
  /// Throws a `Diagnostic` when the tables have nothing to fit, and what `ParameterFit.run` throws.
  ///
  /// - Parameters:
  ///   - evaluations: About how many values are tried.
  ///   - shouldStop: Whether to end with the best values so far.
  ///   - progress: Called with the number of values tried and the least misfit so far.
  public func fit(
    evaluations: Int, shouldStop: @escaping () -> Bool = { false },
    progress: @escaping (Int, Double) -> Void = { _, _ in }
  ) throws -> ParameterFit.Result {
    let measured = tables.map { costs(of: $0.split.fitted, in: $0.measured) }
    guard measured.contains(where: { !$0.isEmpty }) else {
      throw Diagnostic("the table has no \(metric.key) of a layer to fit")
    }
    if measured.joined().contains(where: { $0.cost <= 0 }) {
      throw Diagnostic(
        "a measured \(metric.key) is 0, which no ratio can be taken of",
        hint: "Leave cells that were not measured empty.")
    }
    let sweeps = zip(tables, measured).map { table, measured in
      (
        sweep: ParameterSweep(of: target, on: table.fittedNetwork), points: measured.map(\.point),
        positions: Dictionary(uniqueKeysWithValues: table.split.fitted.enumerated().map { ($1, $0) })
      )
    }.filter { !$0.points.isEmpty }
    let keys = parameters.map(\.key)
    let metric = metric
    let fit = ParameterFit(
      parameters, measured: measured.joined().map(\.cost), evaluations: evaluations,
      shouldStop: shouldStop, progress: progress
    ) { values in
      try sweeps.flatMap { sweep, points, positions in
        let costs = try sweep.costTable(with: Dictionary(uniqueKeysWithValues: zip(keys, values)))
        return points.map { point in
          positions[point.layer].flatMap { layer in
            let fitted = Point(layer: layer, precision: point.precision, output: point.output)
            return costs.cost(
              metric, layer: layer, at: point.precision, output: costs.outputWidth(of: fitted))
          }
        }
      }
    }
    return try fit.run(from: start)
  }

  private func costs(of layers: [Int], in measured: LookupTable) -> [(point: Point, cost: Double)] {
    let layers = Set(layers)
    let target = target.spec.capabilities
    return measured.sortedPoints.compactMap { point in
      // A point that the target never runs says nothing about its parameters.
      guard layers.contains(point.layer), target.weightWidths.contains(point.precision.weight),
        target.activationWidths.contains(point.precision.activation)
      else { return nil }
      return measured.cells[point]?[metric].map { (point, $0) }
    }
  }

  /// The comparison of each table with the target at these values.
  public func comparisons(with values: [Double]) throws -> [Comparison] {
    try tables.map { table in
      let costs = try target(with: values).costTable(of: table.measured.network)
      return try Comparison(predicted: costs, measured: table.measured, metric: metric)
    }
  }

  /// The errors of one part of the layers of all tables with these values; nil when the part is empty.
  public func statistics(of part: Part, with values: [Double]) throws -> ErrorStatistics? {
    let points = try zip(tables, comparisons(with: values)).flatMap { table, comparison in
      let layers = Set(part.layers(of: table.split))
      return comparison.points.filter { layers.contains($0.point.layer) }
    }
    return Comparison.statistics(of: points)
  }
}
