import Core
import Predictors
import Specs
import Targets

/// The checks of a target whose costs are predicted from measured layers.
struct PredictorChecks {
  private let target: Target
  private let predictor: TargetSpec.PredictorFile
  private let model: Result<PredictedCostModel, any Error>

  init(of target: Target, _ predictor: TargetSpec.PredictorFile) {
    self.target = target
    self.predictor = predictor
    model = Result { try target.predictedModel() }
  }

  func outcome(of check: Check) -> Check.Outcome {
    switch model {
    case .failure(let error): return .withoutFile(error, of: check, reading: "reference-points")
    case .success(let model):
      switch check.id {
      case "files-trusted": return .passed
      case "pin-matches": return predictor.sha256 == nil ? .skipped("the spec pins no predictor") : .passed
      case "reference-points":
        do { try target.verifyChecks(against: model) } catch { return .failed("\(error)") }
        return .passed
      default: return .skipped("the model is a predictor")
      }
    }
  }
}
