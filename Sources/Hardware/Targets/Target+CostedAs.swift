public import Core
import Diagnostics
import Specs

extension Target {
  /// What the target runs each layer of a network as, by its rules for widths that it does not have.
  ///
  /// Throws a `Diagnostic` that names the first layer that it cannot run.
  public func costedAs(_ policy: Policy, of network: Network) throws -> [Precision] {
    let capabilities = spec.capabilities
    return try zip(network.layers, policy.precisions).map { layer, precision in
      let costedAs = capabilities.widthRules.costedAs(
        precision, for: layer.kind, weightWidths: capabilities.weightWidths,
        activationWidths: capabilities.activationWidths)
      guard let costedAs, layer.isCosted(by: capabilities.layers) else {
        throw Diagnostic(
          "target \"\(spec.id)\" cannot run layer \(layer.name) (\(layer.kind.rawValue)) at \(precision)",
          at: .init(file: file))
      }
      return costedAs
    }
  }
}
