/// How weights are stored.
public enum WeightQuantizer: String, Hashable, Sendable, Codable, CaseIterable {
  /// By linear quantizers; activations too.
  case linear
  /// As indices into a codebook of each layer; activations stay in 32-bit floats.
  case kMeans = "kmeans"
}
