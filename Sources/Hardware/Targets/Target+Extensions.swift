public import Core
import PluginLoading
import Specs

extension Target {
  /// What the costs of `points` are made of, by name; nil when the target's model does not say.
  ///
  /// The library runs as for `costTable(of:)`, and the same errors are thrown.
  public func components(of points: [Point], in network: Network) throws -> ComponentTable? {
    guard spec.model.library != nil else { return nil }
    return try costModel(of: library()).components(of: points, in: network)
  }

  /// What the target takes of its device, estimated; empty when its model does not say.
  ///
  /// The library runs as for `costTable(of:)`, and the same errors are thrown; a target that its device cannot hold
  /// is one, and its message has both figures.
  public func resources() throws -> [ResourceUse] {
    guard spec.model.library != nil else { return [] }
    return try costModel(of: library()).resources(kind: spec.capabilities.layers[0])
  }
}
