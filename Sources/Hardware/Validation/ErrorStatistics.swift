/// How far predictions are from measurements; a relative error is (predicted - measured) / measured.
public struct ErrorStatistics: Hashable, Sendable, Codable {
  /// Number of pairs.
  public var count: Int
  /// Mean absolute percentage error, as a share: 0.05 is 5 %.
  public var meanAbsoluteError: Double
  /// The largest absolute relative error.
  public var largestAbsoluteError: Double
  /// Mean of the signed relative errors; positive when predictions are too high.
  public var bias: Double
  /// Share of pairs whose absolute relative error is at most 5 %.
  public var within5Percent: Double
  /// Share of pairs whose absolute relative error is at most 10 %.
  public var within10Percent: Double
  /// The same for 20 %; absent in documents of earlier programs.
  public var within20Percent: Double?
  /// Coefficient of determination, 1 - sum (m - p)^2 / sum (m - mean)^2; nil when all measurements are equal.
  public var rSquared: Double?
  /// Kendall's tau-b: nil when one side is constant.
  public var kendall: Double?
  /// Spearman's rank correlation; nil when one side is constant.
  public var spearman: Double?

  private enum CodingKeys: String, CodingKey {
    case count
    case meanAbsoluteError = "mape"
    case largestAbsoluteError = "largest_absolute_percentage_error"
    case bias
    case within5Percent = "within_5_percent"
    case within10Percent = "within_10_percent"
    case within20Percent = "within_20_percent"
    case rSquared = "r_squared"
    case kendall = "kendall_tau_b"
    case spearman = "spearman_rho"
  }

  /// Nil without pairs, because nothing can be said about none.
  ///
  /// - Precondition: the lists are equally long, and every measurement is > 0.
  public init?(predicted: [Double], measured: [Double]) {
    precondition(predicted.count == measured.count && measured.allSatisfy { $0 > 0 })
    guard !measured.isEmpty else { return nil }
    let errors = zip(predicted, measured).map { ($0 - $1) / $1 }
    let sizes = errors.map(abs)
    count = errors.count
    meanAbsoluteError = Self.mean(sizes)
    largestAbsoluteError = sizes.max() ?? 0
    bias = Self.mean(errors)
    within5Percent = Self.share(of: sizes, upTo: 0.05)
    within10Percent = Self.share(of: sizes, upTo: 0.10)
    within20Percent = Self.share(of: sizes, upTo: 0.20)
    let mean = Self.mean(measured)
    let spread = measured.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let rest = zip(predicted, measured).reduce(0) { $0 + ($1.1 - $1.0) * ($1.1 - $1.0) }
    rSquared = Set(measured).count > 1 ? 1 - rest / spread : nil
    kendall = RankCorrelation.kendall(predicted, measured)
    spearman = RankCorrelation.spearman(predicted, measured)
  }

  private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  private static func share(of sizes: [Double], upTo limit: Double) -> Double {
    // An error of exactly the limit counts, whatever the last bit of the division says.
    Double(sizes.count { $0 <= limit * (1 + 1e-12) }) / Double(sizes.count)
  }
}
