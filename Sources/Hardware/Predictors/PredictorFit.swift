public import Core
import Foundation
public import Specs

/// A predictor, and how well it predicts layers that it was not fitted to.
public struct PredictorFit: Sendable {
  public let predictor: Predictor
  /// Every point, predicted without its shape; by precision.
  public let byShape: [HeldOutPoint]
  /// Every point, predicted without its table; empty where there is one table.
  public let byTable: [HeldOutPoint]
  /// Nil where no whole network was measured.
  public let networks: NetworkFit?

  /// A point that was held out.
  public struct HeldOutPoint: Hashable, Sendable {
    public var precision: Precision
    /// Position of its table.
    public var table: Int
    /// Seconds.
    public var measured: Double
    /// The median.
    public var predicted: Double
    /// What the roofline says, fitted to the same points.
    public var roofline: Double
    /// Standard deviation of the logarithm, as the process states it and before it is widened.
    public var deviation: Double
    public var run: LayerRun

    /// The error of the logarithm in standard deviations.
    public var standardError: Double { log(predicted / measured) / deviation }
  }

  /// Folds of shapes.
  static let foldCount = 5

  /// Fits a predictor to `measurements`, and judges it by cross-validation: the kernel as it is, everything else from the
  /// points that are not held out.
  ///
  /// - Parameter networks: whole networks, whose layers alone are predicted by what is fitted to `measurements`.
  ///
  /// Throws a `Diagnostic` for networks with layers that cannot be predicted, and `PredictorError`.
  public init(
    _ measurements: Measurements, networks: MeasuredNetworksDocument? = nil,
    onPrecision: (Precision) -> Void = { _ in }
  ) throws {
    var models: [PrecisionPredictor] = []
    var (byShape, byTable): ([HeldOutPoint], [HeldOutPoint]) = ([], [])
    let precisions = measurements.entries.sorted {
      ($0.key.weight, $0.key.activation) < ($1.key.weight, $1.key.activation)
    }
    for (precision, entries) in precisions {
      onPrecision(precision)
      var model = PrecisionPredictor(precision, fitting: entries.map(\.observation))
      // A shape may have been measured at several batches.
      var folds: [Layer: Int] = [:]
      for entry in entries where folds[entry.observation.run.layer] == nil {
        folds[entry.observation.run.layer] = folds.count % Self.foldCount
      }
      let ofShape = Self.heldOut(entries, of: model) { folds[$0.observation.run.layer] ?? 0 }
      let tables = Set(entries.map(\.table))
      let ofTable = tables.count < 2 ? [] : Self.heldOut(entries, of: model) { $0.table }
      model.widening = max(Self.widening(ofShape), Self.widening(ofTable))
      models.append(model)
      byShape += ofShape
      byTable += ofTable
    }
    self.byShape = byShape
    self.byTable = byTable
    var predictor = Predictor(
      precisions: models, batches: measurements.batches,
      correlation: Self.correlation(of: byTable) ?? Predictor.assumedCorrelation,
      origins: measurements.origins)
    self.networks = try networks.map { try NetworkFit($0, layersBy: predictor) }
    predictor.network = self.networks?.correction
    self.predictor = predictor
  }

  private static func heldOut(
    _ entries: [Measurements.Entry], of model: PrecisionPredictor, group: (Measurements.Entry) -> Int
  ) -> [HeldOutPoint] {
    let groups = entries.map(group)
    return Set(groups).sorted().flatMap { number -> [HeldOutPoint] in
      let asked = zip(entries, groups).filter { $0.1 == number }.map(\.0)
      // A shape at another batch, or of another table, is not unseen.
      let shapes = Set(asked.map(\.observation.run.layer))
      let rest = entries.map(\.observation).filter { !shapes.contains($0.run.layer) }
      guard !rest.isEmpty,
        let predictions = model.refitted(to: rest).predictions(of: asked.map(\.observation.run))
      else { return [] }
      return zip(asked, predictions).compactMap { entry, prediction in
        // Nothing can be said of a family of which every layer is held out.
        prediction.map {
          HeldOutPoint(
            precision: model.precision, table: entry.table, measured: entry.observation.latency,
            predicted: exp($0.logarithm), roofline: exp($0.roofline), deviation: $0.deviation,
            run: entry.observation.run)
        }
      }
    }
  }

  /// By what deviations have to be multiplied so that nine of ten errors are within 1.645 of them.
  private static func widening(_ points: [HeldOutPoint]) -> Double {
    let sizes = points.map { abs($0.standardError) }.sorted()
    guard sizes.count >= 10 else { return 1 }
    let ninth = sizes[Int((0.9 * Double(sizes.count - 1)).rounded(.up))]
    return min(10, max(0.5, ninth / StandardNormal.quantile(0.95)))
  }

  /// The mean product of the errors of two layers of one table, by their mean square; nil without pairs.
  ///
  /// A few wild errors must not decide, so that errors are cut at three deviations.
  private static func correlation(of points: [HeldOutPoint]) -> Double? {
    let groups = Dictionary(grouping: points) { TableOfPrecision(table: $0.table, precision: $0.precision) }
    let shares = groups.values.compactMap { group -> Double? in
      let errors = group.map { min(3, max(-3, $0.standardError)) }
      let count = Double(errors.count)
      guard count >= 5 else { return nil }
      let (sum, squares) = (errors.reduce(0, +), errors.reduce(0) { $0 + $1 * $1 })
      return squares > 0 ? (sum * sum - squares) / (count - 1) / squares : nil
    }
    guard !shares.isEmpty else { return nil }
    return min(1, max(0, shares.reduce(0, +) / Double(shares.count)))
  }

  private struct TableOfPrecision: Hashable {
    var table: Int
    var precision: Precision
  }
}
