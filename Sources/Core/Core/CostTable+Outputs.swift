/// The widths at which the outputs of layers are stored, where costs depend on them.
extension CostTable {
  /// Whether costs depend on the widths of outputs, so that a layer's cost follows from the policy of its readers too.
  public var usesOutputWidths: Bool { outputWidths != nil }

  static func outputWidths(
    of network: Network, from model: some CostModel, activationWidths: [BitWidth]
  ) -> [BitWidth]? {
    guard model.usesOutputWidths, let readers = network.outputReaders else { return nil }
    let needsFloats = readers.contains { mayBeFloats($0, activationWidths) }
    return Set(activationWidths + (needsFloats ? [.float] : [])).sorted()
  }

  /// Whether nobody quantizes an output, or two of its readers may have formats of which neither covers the other.
  private static func mayBeFloats(_ readers: [Int], _ activationWidths: [BitWidth]) -> Bool {
    readers.isEmpty || (readers.count > 1 && !activationWidths.isChain)
  }

  /// Whether some policy stores a layer's output at `width`; nil, which states none, is always possible.
  static func isPossible(
    _ width: BitWidth?, ofLayer layer: Int, in network: Network, _ activationWidths: [BitWidth]
  ) -> Bool {
    guard let width, let readers = network.outputReaders?[layer] else { return true }
    if width == .float, mayBeFloats(readers, activationWidths) { return true }
    return !readers.isEmpty && activationWidths.contains(width)
  }

  /// The widths at which policies can store a layer's output, ascending; nil alone where costs do not depend on that.
  public func outputWidths(ofLayer layer: Int) -> [BitWidth?] {
    guard let outputWidths else { return [nil] }
    return outputWidths.filter { Self.isPossible($0, ofLayer: layer, in: network, activationWidths) }
  }

  /// The width at which a policy has a layer's output stored, once widths are rounded up to those of the target; nil
  /// where costs do not depend on it, or the target cannot run a reader at its precision.
  ///
  /// - Precondition: the policy has a precision for each layer.
  public func outputWidth(ofLayer layer: Int, under policy: Policy) -> BitWidth? {
    guard outputWidths != nil, let readers = network.outputReaders?[layer] else { return nil }
    var widths: [BitWidth] = []
    for reader in readers {
      guard let width = costedAs(policy[reader], layer: reader)?.activation else { return nil }
      widths.append(width)
    }
    return .stored(for: widths)
  }

  /// The same where every layer has one precision, which is what costs of single layers are compared at.
  public func outputWidth(ofLayer layer: Int, underUniform precision: Precision) -> BitWidth? {
    outputWidth(ofLayer: layer, under: .uniform(precision, layerCount: network.layers.count))
  }
}
