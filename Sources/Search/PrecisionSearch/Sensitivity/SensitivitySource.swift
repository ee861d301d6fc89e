/// Where a search has its sensitivities from.
public enum SensitivitySource: String, Hashable, Sendable, Codable, CaseIterable {
  /// A quantized network is run for each layer, operand and width.
  case measured
  /// The evaluator estimates all of them in one question; those that decide the solution are then measured.
  case estimated
}
