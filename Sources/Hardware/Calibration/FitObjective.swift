import Foundation

/// The misfit of parameter values: root mean square of ln(predicted / measured), and a memory of what was asked.
///
/// Logarithms, because a search compares ratios, and a factor of 2 too low is as bad as one too high.
final class FitObjective {
  private let predict: ([Double]) throws -> [Double?]
  private let measured: [Double]
  private var known: [[Double]: Double] = [:]
  private let onEvaluation: (Int, Double) -> Void
  private(set) var best: (values: [Double], misfit: Double)?
  /// The first refusal, for the case that there is nothing else.
  private(set) var refusal: (any Error)?
  private(set) var refused = 0

  /// The misfit of values that the model refuses or that leave a measured point without a cost: e^20 is no cost.
  static let worst = 20.0

  var evaluations: Int { known.count }

  init(
    measured: [Double], onEvaluation: @escaping (Int, Double) -> Void,
    predict: @escaping ([Double]) throws -> [Double?]
  ) {
    self.measured = measured
    self.onEvaluation = onEvaluation
    self.predict = predict
  }

  func misfit(_ values: [Double]) -> Double {
    if let misfit = known[values] { return misfit }
    let misfit = newMisfit(values)
    known[values] = misfit
    if misfit < best?.misfit ?? Self.worst { best = (values, misfit) }
    onEvaluation(known.count, best?.misfit ?? misfit)
    return misfit
  }

  /// The best values so far that differ from one another in `indices`.
  func best(_ count: Int, differingIn indices: [Int]) -> [[Double]] {
    var seen: Set<[Double]> = []
    let ranked = known.filter { $0.value < Self.worst }
      .sorted { ($0.value, $0.key.description) < ($1.value, $1.key.description) }
    let distinct = ranked.map(\.key).filter { values in
      seen.insert(indices.map { values[$0] }).inserted
    }
    return Array(distinct.prefix(count))
  }

  /// Makes values the best ones that are as good as those.
  func prefer(_ values: [Double]) { best = (values, misfit(values)) }

  /// ln(predicted / measured) of every point; nil when the model refuses the values or a point.
  func residuals(_ values: [Double]) -> [Double]? {
    guard let predictions = try? predict(values) else { return nil }
    let residuals = zip(predictions, measured).compactMap { predicted, measured in
      predicted.flatMap { $0 > 0 ? log($0 / measured) : nil }
    }
    return residuals.count == measured.count ? residuals : nil
  }

  private func newMisfit(_ values: [Double]) -> Double {
    do {
      let predictions = try predict(values)
      var sum = 0.0
      for (predicted, measured) in zip(predictions, measured) {
        guard let predicted, predicted > 0 else { return Self.worst }
        let residual = log(predicted / measured)
        sum += residual * residual
      }
      return min(Self.worst, (sum / Double(measured.count)).squareRoot())
    } catch {
      refusal = refusal ?? error
      refused += 1
      return Self.worst
    }
  }
}
