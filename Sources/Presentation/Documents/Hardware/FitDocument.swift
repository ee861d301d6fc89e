public import Core
import Foundation
public import Predictors
public import Validation

/// A predictor, and how well it predicts layers that were held out: the result of `haq fit`.
public struct FitDocument: Document {
  public static let schema: SchemaName = "haq.fit/1.0"

  /// The id of the new target.
  public var target: String
  /// Names of the tables.
  public var tables: [String]
  /// What the predictor has to be better than: `roofline`, fitted to the same points, or the id of a target.
  public var base: String
  public var precisions: [Part]
  /// Of the errors of two layers of one network, 0 to 1.
  public var correlation: Double
  /// Absent where no whole network was measured.
  public var networks: NetworksPart?
  /// Points that were not used, because a precision has more than the most.
  public var leftOut: Int
  public var warnings: [String]
  /// The new spec's file, and that of the predictor.
  public var output: String
  public var predictor: String
  public var isWritten: Bool

  /// One precision.
  public struct Part: Hashable, Sendable, Codable {
    public var precision: String
    public var points: Int
    /// Each layer predicted from layers of other shapes.
    public var byShape: Judgement
    /// Each layer predicted from those of other tables that have another shape; absent where there is one table.
    public var byTable: Judgement?
    /// By what the deviations of the Gaussian process were multiplied.
    public var widening: Double

    private enum CodingKeys: String, CodingKey {
      case precision, points, widening
      case byShape = "by_shape"
      case byTable = "by_table"
    }
  }

  /// Errors of layers that were held out.
  public struct Judgement: Hashable, Sendable, Codable {
    public var predicted: ErrorStatistics
    /// Of the base, at the same points; absent where it costs none of them.
    public var base: ErrorStatistics?
    /// The share of points within the 90 % intervals, as widened.
    public var intervalCoverage: Double

    private enum CodingKeys: String, CodingKey {
      case predicted, base
      case intervalCoverage = "interval_coverage"
    }
  }

  private enum CodingKeys: String, CodingKey {
    case target, tables, base, precisions, correlation, networks, warnings, output, predictor
    case leftOut = "left_out"
    case isWritten = "is_written"
  }

  /// A target that stands for the roofline: its latencies in seconds, by run and precision.
  public struct Base: Sendable {
    public var name: String
    public var latencies: [Key: Double]

    public struct Key: Hashable, Sendable {
      public var run: LayerRun
      public var precision: Precision

      public init(run: LayerRun, precision: Precision) {
        self.run = run
        self.precision = precision
      }
    }

    public init(name: String, latencies: [Key: Double]) {
      self.name = name
      self.latencies = latencies
    }
  }

  /// - Parameters:
  ///   - base: nil for the roofline that was fitted to the same points.
  ///   - output: the new spec's file; nothing is written yet.
  public init(_ fit: PredictorFit, leftOut: Int, base: Base?, output: String) {
    target = URL(filePath: output).deletingPathExtension().lastPathComponent
    tables = fit.predictor.origins.map { URL(filePath: $0.file).lastPathComponent }
    self.base = base?.name ?? "roofline"
    correlation = fit.predictor.correlation
    networks = fit.networks.flatMap(NetworksPart.init)
    self.leftOut = leftOut
    self.output = output
    predictor = "\(target)/predictor.json"
    isWritten = false
    precisions = fit.predictor.measuredPrecisions.compactMap { precision in
      let widening = fit.predictor.widening(of: precision) ?? 1
      func judgement(_ points: [PredictorFit.HeldOutPoint]) -> Judgement? {
        Judgement(points.filter { $0.precision == precision }, base: base, widening: widening)
      }
      guard let byShape = judgement(fit.byShape) else { return nil }
      return Part(
        precision: precision.description, points: fit.predictor.pointCount(of: precision), byShape: byShape,
        byTable: judgement(fit.byTable), widening: widening)
    }
    warnings = []
    if leftOut > 0 {
      warnings.append(
        "\(Quantity.counted(leftOut, "point")) were left out: a precision has at most \(Predictor.mostPoints)"
      )
    }
    if fit.byTable.isEmpty {
      warnings.append(
        "there is one table, so how the errors of a network's layers go together is assumed, not measured")
    }
    for precision in fit.predictor.measuredPrecisions
    where !precisions.contains(where: { $0.precision == precision.description }) {
      warnings.append("\(precision) has too few layers to hold any out")
    }
  }

  /// Whether the mean error of held-out points is below that of the base: of other tables where there are any.
  public var isBetter: Bool {
    var (predicted, base) = (0.0, 0.0)
    for judge in precisions.map({ $0.byTable ?? $0.byShape }) {
      guard let other = judge.base else { continue }
      predicted += judge.predicted.meanAbsoluteError * Double(judge.predicted.count)
      // The base may not have every point.
      base += other.meanAbsoluteError * Double(judge.predicted.count)
    }
    return predicted < base
  }

  /// For the spec: how far predictions are from measurements.
  public var statement: String {
    let parts = precisions.map { part in
      let judge = part.byTable ?? part.byShape
      return "\(Quantity.smallPercent(judge.predicted.meanAbsoluteError)) at \(part.precision)"
    }
    let kind = precisions.contains { $0.byTable != nil } ? "of other tables" : "of other shapes"
    let whole = networks.map {
      " Whole networks were predicted from other \($0.heldOut.rawValue): \(Quantity.smallPercent($0.predicted.meanAbsoluteError))."
    }
    return
      "each measured layer was predicted from layers \(kind): the mean error is \(parts.joined(separator: ", "))."
      + (whole ?? "")
  }
}

extension FitDocument.Judgement {
  /// Nil without points.
  fileprivate init?(_ points: [PredictorFit.HeldOutPoint], base: FitDocument.Base?, widening: Double) {
    guard
      let predicted = ErrorStatistics(
        predicted: points.map(\.predicted), measured: points.map(\.measured))
    else { return nil }
    self.predicted = predicted
    let others = points.compactMap { point -> (Double, Double)? in
      guard let base else { return (point.roofline, point.measured) }
      return base.latencies[.init(run: point.run, precision: point.precision)].map { ($0, point.measured) }
    }
    self.base = ErrorStatistics(predicted: others.map(\.0), measured: others.map(\.1))
    let half = StandardNormal.quantile(0.95)
    let held = points.count { abs($0.standardError) <= half * widening }
    intervalCoverage = Double(held) / Double(points.count)
  }
}
