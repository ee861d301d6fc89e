import Foundation

/// The misfit of parameter values, and a memory of what was asked.
final class FitObjective {
  /// What values are judged by.
  enum View {
    /// The mean of |predicted / measured - 1|: the error that people are shown. A mean of distances, not of their squares,
    /// so that a wrong measurement counts once and does not move the fit of all others.
    case shown
    /// The mean of |ln(predicted / measured)|, which also tells a prediction of a tenth from one of a hundredth; the way
    /// to the minimum from afar.
    case guide
  }

  private struct Score {
    var shown: Double
    var guide: Double

    func value(_ view: View) -> Double {
      switch view {
      case .shown: shown
      case .guide: guide
      }
    }
  }

  private let predict: ([Double]) throws -> [Double?]
  private let measured: [Double]
  private var known: [[Double]: Score] = [:]
  private let onEvaluation: (Int, Double) -> Void
  /// By the error that is shown.
  private(set) var best: (values: [Double], misfit: Double)?
  /// The first refusal, for the case that there is nothing else.
  private(set) var refusal: (any Error)?
  private(set) var refused = 0

  /// The misfit of values that the model refuses or that leave a measured point without a cost.
  static let worst = 1e9

  var evaluations: Int { known.count }

  init(
    measured: [Double], onEvaluation: @escaping (Int, Double) -> Void,
    predict: @escaping ([Double]) throws -> [Double?]
  ) {
    self.measured = measured
    self.onEvaluation = onEvaluation
    self.predict = predict
  }

  func misfit(_ values: [Double], _ view: View = .shown) -> Double {
    if let score = known[values] { return score.value(view) }
    let score = newScore(values)
    known[values] = score
    if score.shown < best?.misfit ?? Self.worst { best = (values, score.shown) }
    onEvaluation(known.count, best?.misfit ?? score.shown)
    return score.value(view)
  }

  /// The best values so far, by `guide`, that differ from one another in `indices`.
  func best(_ count: Int, differingIn indices: [Int]) -> [[Double]] {
    var seen: Set<[Double]> = []
    let ranked = known.filter { $0.value.guide < Self.worst }
      .sorted { ($0.value.guide, $0.key.description) < ($1.value.guide, $1.key.description) }
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

  private func newScore(_ values: [Double]) -> Score {
    let worst = Score(shown: Self.worst, guide: Self.worst)
    do {
      let predictions = try predict(values)
      var sum = Score(shown: 0, guide: 0)
      for (predicted, measured) in zip(predictions, measured) {
        guard let predicted, predicted > 0 else { return worst }
        sum.shown += abs(predicted / measured - 1)
        sum.guide += abs(log(predicted / measured))
      }
      let count = Double(measured.count)
      return Score(shown: min(Self.worst, sum.shown / count), guide: min(Self.worst, sum.guide / count))
    } catch {
      refusal = refusal ?? error
      refused += 1
      return worst
    }
  }
}
