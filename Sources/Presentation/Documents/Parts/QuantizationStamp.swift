public import Core
public import Quantization
public import Specs

/// How values were quantized, in documents.
public struct QuantizationStamp: Hashable, Sendable, Codable {
  public var quantizer: WeightQuantizer
  public var weightScales: WeightGranularity
  /// Of activations; absent with codebooks.
  public var clipping: String?
  public var weightClipping: String?
  /// Of integers of both signs; absent where it is symmetric.
  public var activationRange: ActivationRange?
  /// The steps of `--ptq`, separated by commas; absent without any.
  public var ptq: String?
  /// Where centroids start; absent without codebooks.
  public var codebookStart: KMeansClustering.Start?
  public var codebookSeed: UInt64?

  private enum CodingKeys: String, CodingKey {
    case quantizer, clipping, ptq
    case weightScales = "weight_scales"
    case weightClipping = "weight_clipping"
    case activationRange = "activation_range"
    case codebookStart = "codebook_start"
    case codebookSeed = "codebook_seed"
  }

  /// Of evenly spaced values, clipped by rules.
  public init(
    weightScales: WeightGranularity, clipping: ClippingRule, weightClipping: ClippingRule,
    recipe: PostTrainingRecipe = .none
  ) {
    quantizer = .linear
    ptq = recipe == .none ? nil : "\(recipe)"
    self.weightScales = weightScales
    self.clipping = "\(clipping)"
    self.weightClipping = "\(weightClipping)"
  }

  /// Of codebooks.
  public init(weightScales: WeightGranularity, codebookStart: KMeansClustering.Start, codebookSeed: UInt64) {
    quantizer = .kMeans
    self.weightScales = weightScales
    self.codebookStart = codebookStart
    self.codebookSeed = codebookSeed
  }

  /// As a policy file records it; nil for codebooks.
  public var quantizers: PolicyDocument.Quantizers? {
    guard let clipping = clipping.flatMap({ ClippingRule($0) }),
      let weights = weightClipping.flatMap({ ClippingRule($0) })
    else { return nil }
    return PolicyDocument.Quantizers(
      weightScales: weightScales, clipping: clipping, weightClipping: weights,
      recipe: ptq.flatMap { PostTrainingRecipe($0) } ?? .none, activationRange: activationRange ?? .symmetric)
  }
}
