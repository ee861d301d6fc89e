import Core
import Documents
import EvaluatorArguments
import Quantization

extension QuantizationStamp {
  /// What the options of a command say.
  init(_ arguments: QuantizationArguments) {
    switch arguments.quantizer {
    case .linear:
      self.init(
        weightScales: arguments.weightScales, clipping: arguments.clipping,
        weightClipping: arguments.weightClipping ?? arguments.clipping, recipe: arguments.ptq)
      activationRange = arguments.activationRange == .symmetric ? nil : arguments.activationRange
    case .kMeans:
      self.init(
        weightScales: arguments.weightScales, codebookStart: arguments.codebookStart,
        codebookSeed: arguments.codebookSeed)
    }
  }
}
