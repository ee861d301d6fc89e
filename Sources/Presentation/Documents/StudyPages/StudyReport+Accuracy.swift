import Core
import Evaluation

extension StudyReport {
  /// Such as `validation, 200 samples`, above accuracies of policies measured in the search.
  var validationTitle: String { title("validation", samples) }

  /// What the evaluator measures, such as `agreement`.
  var accuracyName: String { line.accuracyMetric ?? "top-1 accuracy" }

  /// The same in a sentence that needs no more than the word.
  var accuracyWord: String { line.accuracyMetric ?? "accuracy" }

  /// Such as `top-1 accuracy, 200 validation samples`.
  var accuracyTitle: String { accuracyTitle(samples) }

  func accuracyTitle(_ samples: Int?) -> String {
    "\(accuracyName), \(samples.map { "\($0) " } ?? "")validation samples"
  }

  /// A split as the title of a column, with what is measured where it is not the accuracy that readers expect.
  func title(_ split: String, _ samples: Int?) -> String {
    split + (line.accuracyMetric.map { " \($0)" } ?? "") + (samples.map { ", \($0) samples" } ?? "")
  }
}

extension EvaluationResult {
  /// Such as `91.49 %`; `failed` where there is no accuracy, and with the number of samples after which the evaluator
  /// stopped.
  var percent: String {
    switch self {
    case .measured(let figures): figures.percent
    case .stopped(let figures): "\(figures.percent), stopped after \(figures.samples) samples"
    case .failed: "failed"
    }
  }

  /// Such as `91.49 % of 200 validation samples`.
  var percentWithSamples: String {
    switch self {
    case .measured(let figures), .stopped(let figures):
      "\(figures.percent) of \(figures.samples) validation samples"
    case .failed: "failed"
    }
  }
}

extension EvaluationResult.Figures {
  /// Such as `91.49 %`.
  var percent: String { Quantity.accuracy(accuracy) }
}
