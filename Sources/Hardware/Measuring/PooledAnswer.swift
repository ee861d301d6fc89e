import Core
public import CostPrograms
import CostTables
import Foundation

/// All that was answered about one point, when it was asked about several times, as one cost.
public struct PooledAnswer: Hashable, Sendable {
  /// The first answer and those to further questions; not empty, all of them costs.
  private let takes: [CostAnswer]

  /// Nil where the target cannot run the point, or nothing was answered.
  public init?(_ answers: [CostAnswer]) {
    takes = answers.filter { if case .cost = $0.outcome { true } else { false } }
    if takes.isEmpty { return nil }
  }

  /// How often the point was asked about.
  public var count: Int { takes.count }

  /// By the key of the metric: the median of the answers.
  public var costs: [String: Double] {
    guard let first = takes.first?.values else { return [:] }
    return first.keys.reduce(into: [:]) { costs, key in
      costs[key] = takes.compactMap { $0.values[key] }.middle
    }
  }

  /// Half the distance between the quartiles of the repetitions, divided by their median: the median of the answers'.
  public var spread: Double? { takes.compactMap(\.spread).middle }

  /// Of all answers together.
  public var repetitions: Int? {
    let counts = takes.compactMap(\.repetitions)
    // A program may say what it likes, as long as it is positive.
    return counts.isEmpty ? nil : counts.reduce(0) { $0.addingReportingOverflow($1).partialValue }
  }

  /// In seconds.
  public var leastSeconds: Double? { takes.compactMap(\.leastSeconds).min() }

  /// The relative standard error of the latency, as far as the answers tell it; nil where nothing was repeated.
  ///
  /// Within an answer it is that of the median of normal noise of the stated spread. Between answers it is that of their
  /// mean. The greater one counts, since a machine that changes between answers does not show that within one.
  public var relativeError: Double? {
    let errors = takes.compactMap { take -> Double? in
      guard let spread = take.spread, let repetitions = take.repetitions else { return nil }
      return Self.errorOfMedian * spread / Double(repetitions).squareRoot()
    }
    let within =
      errors.isEmpty ? nil : errors.reduce(0, +) / Double(errors.count) / Double(errors.count).squareRoot()
    let latencies = takes.compactMap { $0.values[Metric.latency.rawValue] }
    guard latencies.count > 1 else { return within }
    let mean = latencies.reduce(0, +) / Double(latencies.count)
    guard mean > 0 else { return within }
    let squares = latencies.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let between = (squares / Double(latencies.count - 1) / Double(latencies.count)).squareRoot() / mean
    return max(within ?? 0, between)
  }

  /// Quartiles of a normal distribution lie 0.6745 deviations from its middle; medians scatter sqrt(pi / 2) times as
  /// much as means.
  private static let errorOfMedian = (Double.pi / 2).squareRoot() / 0.674_489_75
}

extension CostAnswer {
  fileprivate var values: [String: Double] {
    if case .cost(let values) = outcome { values } else { [:] }
  }
}
