/// How many scales a layer's weights have.
public enum WeightGranularity: String, Hashable, Sendable, Codable, CaseIterable {
  /// One for each output channel; what keeps depthwise layers with folded normalisation usable.
  case perChannel = "channel"
  /// One for the whole layer.
  case perTensor = "tensor"
}
