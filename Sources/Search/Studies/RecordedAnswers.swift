import Evaluation

extension [RecordedEvaluation] {
  /// The question that takes least to ask again, among those that were answered.
  var cheapest: RecordedEvaluation? {
    func work(_ evaluation: RecordedEvaluation) -> (Int, Int, Int) {
      let request = evaluation.request
      // Of equal work, a policy says more: it needs the quantizers too.
      return (
        request.fineTuning?.samples ?? 0, evaluation.result.figures?.samples ?? 0,
        request.policy == nil ? 1 : 0
      )
    }
    return filter { if case .measured = $0.result { true } else { false } }.min { work($0) < work($1) }
  }
}

extension EvaluationResult {
  /// Whether two answers to one question are the same.
  ///
  /// Measured latencies vary, and sums in another order round otherwise; those agree to six digits.
  func agrees(with other: EvaluationResult) -> Bool {
    switch (self, other) {
    case (.measured(let one), .measured(let other)), (.stopped(let one), .stopped(let other)):
      one.samples == other.samples && one.accuracy == other.accuracy
        && one.top5Accuracy == other.top5Accuracy && Self.isClose(one.loss, other.loss)
        && Self.isClose(one.divergence, other.divergence)
    case (.failed, .failed): true
    default: false
    }
  }

  private static func isClose(_ one: Double?, _ other: Double?) -> Bool {
    guard let one, let other else { return one == nil && other == nil }
    return abs(one - other) <= 1e-6 * Swift.max(abs(one), abs(other), 1e-3)
  }

  /// What messages say of an answer.
  var summary: String {
    guard let figures else { return "a failure (\(failure ?? ""))" }
    let divergence = figures.divergence.map { ", divergence \($0)" } ?? ""
    let top5 = figures.top5Accuracy.map { ", top-5 accuracy \($0)" } ?? ""
    return
      "accuracy \(figures.accuracy), loss \(figures.loss)\(divergence)\(top5) on \(figures.samples) samples"
  }

  /// SQLite reads -0.0 back as 0.0, and a resumed search must see the very bits that the first one saw.
  var withoutNegativeZeros: EvaluationResult { mapFigures { $0 = $0.withoutNegativeZeros } }
}

extension EvaluationResult.Figures {
  fileprivate var withoutNegativeZeros: EvaluationResult.Figures {
    var figures = self
    figures.accuracy += 0
    figures.loss += 0
    figures.divergence = divergence.map { $0 + 0 }
    figures.top5Accuracy = top5Accuracy.map { $0 + 0 }
    figures.latency = latency.map { $0 + 0 }
    figures.estimatedIncreases = estimatedIncreases?.map { $0 + 0 }
    return figures
  }
}
