import EvaluatorArguments
import Quantization

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
}
