public import Core
public import CostTables
import Diagnostics
import Specs
public import Targets
public import Validation

/// A target, measurements, and the parameters that may change.
public struct CalibrationProblem: Sendable {
  public var target: Target
  public var measured: LookupTable
  /// The cost that is fitted.
  public var metric: Metric
  public var parameters: [FreeParameter]
  public var split: LayerSplit

  public init(
    target: Target, measured: LookupTable, metric: Metric, parameters: [FreeParameter], split: LayerSplit
  ) {
    self.target = target
    self.measured = measured
    self.metric = metric
    self.parameters = parameters
    self.split = split
  }

  /// The values in the spec, in the order of `parameters`.
  public var start: [Double] { parameters.map { target.spec.number($0.key) ?? $0.range.low } }

  /// The target with these values in the order of `parameters`.
  public func target(with values: [Double]) -> Target {
    target.withParameters(Dictionary(uniqueKeysWithValues: zip(parameters.map(\.key), values)))
  }

  /// Fits the costs of the fitted layers.
  ///
  /// Throws a `Diagnostic` when the table has nothing to fit, and what `ParameterFit.run` throws.
  ///
  /// - Parameters:
  ///   - evaluations: About how many values are tried.
  ///   - shouldStop: Whether to end with the best values so far.
  ///   - progress: Called with the number of values tried and the least misfit so far.
  public func fit(
    evaluations: Int, shouldStop: @escaping () -> Bool = { false },
    progress: @escaping (Int, Double) -> Void = { _, _ in }
  ) throws -> ParameterFit.Result {
    let measured = costs(of: split.fitted)
    guard !measured.isEmpty else { throw Diagnostic("the table has no \(metric.key) of a layer to fit") }
    if measured.contains(where: { $0.cost <= 0 }) {
      throw Diagnostic(
        "a measured \(metric.key) is 0, which no ratio can be taken of",
        hint: "Leave cells that were not measured empty.")
    }
    // Only the fitted layers are asked for: each trial costs an instance of the model and a table.
    let network = Network(
      name: self.measured.network.name, batch: self.measured.network.batch,
      layers: split.fitted.map { self.measured.network.layers[$0] })
    let positions = Dictionary(uniqueKeysWithValues: split.fitted.enumerated().map { ($1, $0) })
    let sweep = ParameterSweep(of: target, on: network)
    let keys = parameters.map(\.key)
    let fit = ParameterFit(
      parameters, measured: measured.map(\.cost), evaluations: evaluations,
      shouldStop: shouldStop, progress: progress
    ) { values in
      let costs = try sweep.costTable(with: Dictionary(uniqueKeysWithValues: zip(keys, values)))
      return measured.map { point, _ in
        positions[point.layer].flatMap { costs.cost(metric, layer: $0, at: point.precision) }
      }
    }
    return try fit.run(from: start)
  }

  private func costs(of layers: [Int]) -> [(point: Point, cost: Double)] {
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

  /// The errors of one part of the layers with these values; nil when the part is empty.
  public func statistics(of layers: [Int], with values: [Double]) throws -> ErrorStatistics? {
    let costs = try target(with: values).costTable(of: measured.network)
    let comparison = try Comparison(predicted: costs, measured: measured, metric: metric)
    return Comparison.statistics(of: comparison.points.filter { layers.contains($0.point.layer) })
  }
}
