public import Core
import Specs

/// A legal pair of formats of a target.
public struct LegalPairPart: Hashable, Sendable, Codable {
  /// Weights and activations, such as `int4-g128/bf16`.
  public var pair: String
  /// The kinds of layers that have the pair; absent where all have it.
  public var layers: [Layer.Kind]?

  /// Every pair, ascending; nil for a target whose widths tell them.
  static func all(_ capabilities: TargetSpec.Capabilities) -> [LegalPairPart]? {
    if capabilities.isNumbersOfBits, capabilities.widthRules.pairsOfKinds == nil { return nil }
    return capabilities.legalPairs.map { pair in
      let kinds = capabilities.layers.filter { capabilities.widthRules.allows(pair, for: $0) }
      return LegalPairPart(pair: "\(pair)", layers: kinds == capabilities.layers ? nil : kinds)
    }
  }
}
