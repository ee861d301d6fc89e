/// The widths at which the outputs of layers are stored, where costs depend on them.
extension CostTable {
  /// Whether costs depend on the widths of outputs, so that a layer's cost follows from the policy of its readers too.
  public var usesOutputWidths: Bool { outputWidths != nil }

  static func outputWidths(
    of network: Network, from model: some CostModel, activationWidths: [BitWidth]
  ) -> [BitWidth]? {
    guard model.usesOutputWidths, let readers = network.outputReaders else { return nil }
    return Set(activationWidths + (readers.contains { $0.isEmpty } ? [.float] : [])).sorted()
  }

  /// Whether some policy stores a layer's output at `width`; nil, which states none, is always possible.
  static func isPossible(
    _ width: BitWidth?, ofLayer layer: Int, in network: Network, _ activationWidths: [BitWidth]
  ) -> Bool {
    guard let width, let readers = network.outputReaders?[layer] else { return true }
    return readers.isEmpty ? width == .float : activationWidths.contains(width)
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
      guard let width = costedAs(policy[reader])?.activation else { return nil }
      widths.append(width)
    }
    return .stored(for: widths)
  }

  /// The same where every layer has one precision, which is what costs of single layers are compared at.
  public func outputWidth(ofLayer layer: Int, underUniform precision: Precision) -> BitWidth? {
    guard outputWidths != nil, let readers = network.outputReaders?[layer] else { return nil }
    return readers.isEmpty ? .float : costedAs(precision)?.activation
  }
}
