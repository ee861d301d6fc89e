public import Core
public import CostTables
import Diagnostics
import Foundation

/// A target's costs beside measured ones, point by point.
public struct Comparison: Sendable {
  public let metric: Metric
  public let network: Network
  /// By layer, weight width, activation width; not empty.
  public let points: [ComparedPoint]
  /// Measured points that the target cannot run, in the same order.
  public let unpredicted: [Point]
  /// Layers of the network that the table says nothing about.
  public let unmeasuredLayers: [String]

  /// Numbers of layers that the table skips, where nothing but the table describes the network.
  public let skippedLayers: [Int]
  /// Both sides by point, for comparisons with other points.
  let predictedCosts: [Point: Double]
  let measuredCosts: [Point: Double]

  /// Compares `metric` wherever both sides have it.
  ///
  /// Throws `Diagnostics` when no point has both, and for measurements of zero, which have no relative error.
  public init(predicted: CostTable, measured: LookupTable, metric: Metric) throws {
    self.metric = metric
    network = measured.network
    unmeasuredLayers = measured.missingLayers
    guard predicted.aggregates.keys.contains(metric) else {
      let known = Metric.allCases.filter { predicted.aggregates.keys.contains($0) }.map(\.key)
      throw Diagnostic(
        "target \"\(predicted.provenance.name)\" does not state \(metric.key); it states "
          + known.joined(separator: ", "))
    }
    var points: [ComparedPoint] = []
    var unpredicted: [Point] = []
    var zeros: [String] = []
    for point in measured.sortedPoints {
      guard let value = measured.cells[point]?[metric] else { continue }
      let layer = network.layers[point.layer]
      let output = predicted.outputWidth(of: point)
      guard
        let cost = predicted.cost(metric, layer: point.layer, at: point.precision, output: output)
      else {
        unpredicted.append(point)
        continue
      }
      guard value > 0 else {
        zeros.append("\(layer.name) at \(point.widths)")
        continue
      }
      points.append(
        ComparedPoint(
          point: point, predicted: cost, measured: value, kind: layer.kind,
          bound: predicted.breakdown(layer: point.layer, at: point.precision, output: output)?.bound,
          isUniform: network.isOfUniformPolicy(point),
          deviation: metric == .latency
            ? predicted.latencyDeviation(layer: point.layer, at: point.precision, output: output) : nil))
    }
    guard zeros.isEmpty else { throw Self.zeros(zeros, metric) }
    guard !points.isEmpty else {
      throw Diagnostic(
        "nothing can be compared: the table has no \(metric.rawValue) of a point that target "
          + "\"\(predicted.provenance.name)\" can run")
    }
    skippedLayers = measured.skippedLayers
    measuredCosts = measured.cells.compactMapValues { $0[metric] }
    predictedCosts = measuredCosts.keys.reduce(into: [:]) { costs, point in
      for precision in [point.precision, point.precision.swapped] {
        let other = Point(layer: point.layer, precision: precision, output: point.output)
        costs[other] = predicted.cost(
          metric, layer: point.layer, at: precision, output: predicted.outputWidth(of: other))
      }
    }
    self.points = points
    self.unpredicted = unpredicted
  }

  private static func zeros(_ cells: [String], _ metric: Metric) -> Diagnostic {
    let shown = cells.prefix(5).joined(separator: ", ") + (cells.count > 5 ? ", ..." : "")
    return Diagnostic(
      "\(cells.count) measured values of \(metric.rawValue) are 0, so no relative error exists: \(shown)",
      hint: "Leave cells that were not measured empty.")
  }

  /// Of `points`.
  public static func statistics(of points: [ComparedPoint]) -> ErrorStatistics? {
    ErrorStatistics(predicted: points.map(\.predicted), measured: points.map(\.measured))
  }

  public var statistics: ErrorStatistics {
    guard let statistics = Self.statistics(of: points) else { preconditionFailure("there are points") }
    return statistics
  }

  /// The share of points that are within the interval which the target states for this probability; nil where it states
  /// none.
  public func intervalCoverage(probability: Double) -> Double? {
    let half = StandardNormal.quantile((1 + probability) / 2)
    let stated = points.compactMap { point in
      point.deviation.map { abs(log(point.predicted / point.measured)) <= half * $0 }
    }
    return stated.isEmpty ? nil : Double(stated.count { $0 }) / Double(stated.count)
  }

  /// By kind of layer, for kinds that occur.
  public var byKind: [(kind: Layer.Kind, statistics: ErrorStatistics)] {
    Layer.Kind.allCases.compactMap { kind in
      Self.statistics(of: points.filter { $0.kind == kind }).map { (kind, $0) }
    }
  }

  /// By what the target says that bounds the layer; empty when it does not say.
  public var byBound: [(bound: Breakdown.Bound, statistics: ErrorStatistics)] {
    Breakdown.Bound.allCases.compactMap { bound in
      Self.statistics(of: points.filter { $0.bound == bound }).map { (bound, $0) }
    }
  }

  /// The points with the largest absolute relative errors, largest first; fewer when fewer have any.
  public func worst(_ count: Int) -> [ComparedPoint] {
    let wrong = points.filter { $0.relativeError != 0 }
    return Array(wrong.sorted { abs($0.relativeError) > abs($1.relativeError) }.prefix(count))
  }
}

extension Network {
  /// Whether the stated width of a point's output is that of a policy that has its precision everywhere.
  fileprivate func isOfUniformPolicy(_ point: Point) -> Bool {
    guard let output = point.output else { return true }
    let isFloat = outputReaders?[point.layer].isEmpty ?? false
    return output == (isFloat ? .float : point.precision.activation)
  }
}

extension CostTable {
  /// The width of the output at which a measured point is compared: the one that the measurement states, or that of a
  /// network whose layers all have the point's precision.
  package func outputWidth(of point: Point) -> BitWidth? {
    point.output ?? outputWidth(ofLayer: point.layer, underUniform: point.precision)
  }
}
