import Core
public import Diagnostics
public import Evaluation

extension FineTuningDocument {
  /// What to know where fine-tuning gained nothing, or its best epoch was not kept.
  ///
  /// - Parameter rate: That of the job.
  public func warnings(rate: Double, _ evaluator: EvaluatorDescription) -> [Diagnostic] {
    let metric = "validation \(accuracyMetric ?? "accuracy")"
    let hint = "Lower --learning-rate, which is \(learningRate ?? rate)."
    guard keptEpoch != 0 else {
      return [
        Diagnostic(
          "fine-tuning gained nothing: no epoch is better than the network before it, whose \(metric) is "
            + "\(Quantity.accuracy(before.accuracy)); the output is that network", hint: hint)
      ]
    }
    guard !evaluator.keepsBestEpoch, let keptEpoch, let kept = figures(of: keptEpoch) else { return [] }
    let all = [(epoch: 0, figures: before)] + epochs.map { (epoch: $0.epoch, figures: $0.validation) }
    // The earliest of equal ones.
    let best = all.reduce(all[0]) { $1.figures.isBetter(than: $0.figures) ? $1 : $0 }
    guard best.figures.isBetter(than: kept) else { return [] }
    let name = best.epoch == 0 ? "the network before fine-tuning" : "epoch \(best.epoch)"
    return [
      Diagnostic(
        "the output has the weights of the last epoch, with a \(metric) of \(Quantity.accuracy(kept.accuracy)); "
          + "\(name) is better, with \(Quantity.accuracy(best.figures.accuracy)). The evaluator speaks "
          + "\(evaluator.protocol), which keeps the last epoch", hint: hint)
    ]
  }
}
