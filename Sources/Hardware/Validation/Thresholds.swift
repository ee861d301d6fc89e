/// What a target must reach; each limit that is absent is not asked for.
public struct Thresholds: Hashable, Sendable, Codable {
  /// Percent.
  public var maxMAPE: Double?
  /// Percent.
  public var maxError: Double?
  /// Percent of the points.
  public var minWithin5: Double?
  /// Percent of the points.
  public var minWithin10: Double?
  public var minRSquared: Double?
  public var minKendall: Double?

  public init(
    maxMAPE: Double? = nil, maxError: Double? = nil, minWithin5: Double? = nil, minWithin10: Double? = nil,
    minRSquared: Double? = nil, minKendall: Double? = nil
  ) {
    self.maxMAPE = maxMAPE
    self.maxError = maxError
    self.minWithin5 = minWithin5
    self.minWithin10 = minWithin10
    self.minRSquared = minRSquared
    self.minKendall = minKendall
  }

  /// What became of one limit.
  public struct Verdict: Hashable, Sendable {
    /// Such as "the mean absolute percentage error".
    public var statistic: String
    /// A sentence; nil when the limit is kept.
    public var failure: String?
  }

  /// A sentence for every limit that `statistics` misses; a statistic that does not exist misses its limit.
  public func failures(of statistics: ErrorStatistics) -> [String] {
    verdicts(on: statistics).compactMap(\.failure)
  }

  /// One for every limit that is set.
  public func verdicts(on statistics: ErrorStatistics) -> [Verdict] {
    func above(_ name: String, _ value: Double, _ limit: Double?) -> Verdict? {
      limit.map {
        Verdict(
          statistic: name, failure: value <= $0 ? nil : "\(name) is \(value) %, above the limit of \($0) %")
      }
    }
    func below(_ name: String, _ value: Double?, _ limit: Double?, _ unit: String) -> Verdict? {
      guard let limit else { return nil }
      guard let value else {
        return Verdict(
          statistic: name, failure: "\(name) does not exist for these points; the limit is \(limit)\(unit)")
      }
      return Verdict(
        statistic: name,
        failure: value >= limit ? nil : "\(name) is \(value)\(unit), below the limit of \(limit)\(unit)")
    }
    return [
      above("the mean absolute percentage error", statistics.meanAbsoluteError * 100, maxMAPE),
      above("the largest error", statistics.largestAbsoluteError * 100, maxError),
      below("the share of points within 5 %", statistics.within5Percent * 100, minWithin5, " %"),
      below("the share of points within 10 %", statistics.within10Percent * 100, minWithin10, " %"),
      below("R squared", statistics.rSquared, minRSquared, ""),
      below("Kendall's tau", statistics.kendall, minKendall, ""),
    ].compactMap { $0 }
  }
}
