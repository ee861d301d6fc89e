import Core
import EvaluatorArguments
import Quantization
import Specs

/// How values were quantized, for a JSON report.
struct QuantizationStamp: Encodable {
  var quantizer: WeightQuantizer
  var weight_scales: WeightGranularity
  /// Of activations; absent with codebooks.
  var clipping: String?
  var weight_clipping: String?
  /// Where centroids start; absent without codebooks.
  var codebook_start: KMeansClustering.Start?
  var codebook_seed: UInt64?

  init(_ arguments: QuantizationArguments) {
    quantizer = arguments.quantizer
    weight_scales = arguments.weightScales
    switch quantizer {
    case .linear:
      clipping = "\(arguments.clipping)"
      weight_clipping = "\(arguments.weightClipping ?? arguments.clipping)"
    case .kMeans: (codebook_start, codebook_seed) = (arguments.codebookStart, arguments.codebookSeed)
    }
  }

  /// As a policy file records it; nil for codebooks.
  var grids: PolicyDocument.Grids? {
    guard let clipping = clipping.flatMap({ ClippingRule($0) }),
      let weights = weight_clipping.flatMap({ ClippingRule($0) })
    else { return nil }
    return PolicyDocument.Grids(weightScales: weight_scales, clipping: clipping, weightClipping: weights)
  }
}
