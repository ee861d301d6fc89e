public import Core
import CostTables
import Foundation
public import Validation

/// How far a target's costs are from a table: the result of `haq validate`.
public struct ValidationDocument: Document {
  public static let schema: SchemaName = "haq.validation/1.0"

  public var network: NetworkStamp
  public var target: TargetStamp
  /// The file's name.
  public var table: String
  public var metric: Metric
  /// Of the network, and how many of them were compared.
  public var layers: Int
  public var comparedLayers: Int
  public var points: ErrorStatistics
  public var byKind: [Group]
  public var byBound: [Group]
  public var worst: [Worst]
  /// Of uniform precisions, over the layers that the table has; absent when no precision is complete.
  public var networkTotals: ErrorStatistics?
  /// The share of points within the target's 90 % intervals; absent where it states none.
  public var intervalCoverage: Double?
  public var warnings: [String]
  /// Limits that were missed.
  public var failures: [String]

  /// The errors of some of the points.
  public struct Group: Hashable, Sendable, Codable {
    public var name: String
    public var statistics: ErrorStatistics
  }

  /// One point with its error.
  public struct Worst: Hashable, Sendable, Codable {
    public var layer: String
    public var precision: String
    /// Of the output as it is stored; absent where the table does not state it.
    public var outputBits: BitWidth?
    /// SI units.
    public var predicted: Double
    public var measured: Double
    public var relativeError: Double

    private enum CodingKeys: String, CodingKey {
      case layer, precision, predicted, measured
      case outputBits = "output_bits"
      case relativeError = "relative_error"
    }
  }

  private enum CodingKeys: String, CodingKey {
    case network, target, table, metric, layers, points, worst, warnings, failures
    case comparedLayers = "compared_layers"
    case byKind = "by_kind"
    case byBound = "by_bound"
    case networkTotals = "network_totals"
    case intervalCoverage = "interval_coverage"
  }

  /// How many of the worst points are listed.
  public static let worstCount = 10

  /// - Parameters:
  ///   - costs: The target's.
  ///   - clockHertz: Of the target, to recognise cycles; nil when its spec does not say.
  public init(
    _ comparison: Comparison, costs: CostTable, tableFile: String, clockHertz: Double?, thresholds: Thresholds
  ) {
    network = NetworkStamp(costs)
    target = TargetStamp(costs)
    table = URL(filePath: tableFile).lastPathComponent
    metric = comparison.metric
    // Layers whose numbers the table skips are layers of the network, though nothing more is known of them.
    layers = comparison.network.layers.count + comparison.skippedLayers.count
    points = comparison.statistics
    byKind = comparison.byKind.map { Group(name: $0.kind.rawValue, statistics: $0.statistics) }
    byBound = comparison.byBound.map { Group(name: $0.bound.words, statistics: $0.statistics) }
    worst = comparison.worst(Self.worstCount).map {
      Worst(
        layer: comparison.network.layers[$0.point.layer].name, precision: "\($0.point.precision)",
        outputBits: $0.point.output,
        predicted: $0.predicted, measured: $0.measured, relativeError: $0.relativeError)
    }
    let totals = NetworkTotals(comparison.points, aggregate: costs.aggregates[comparison.metric] ?? .sum)
    comparedLayers = totals.layerCount
    networkTotals = comparison.skippedLayers.isEmpty ? totals.statistics : nil
    intervalCoverage = comparison.intervalCoverage(probability: 0.9)
    warnings = comparison.warnings(clockHertz: clockHertz)
    failures = thresholds.failures(of: comparison.statistics)
  }
}
