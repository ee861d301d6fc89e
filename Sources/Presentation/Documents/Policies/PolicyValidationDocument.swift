public import Core

/// That a policy fits a network, and a target where one was named: the result of `haq policy validate`.
public struct PolicyValidationDocument: Document {
  public static let schema: SchemaName = "haq.policy-validation/1.0"

  /// The policy file.
  public var file: String
  public var network: String
  public var layers: Int
  public var batch: Int
  /// Absent when no target was named.
  public var target: TargetStamp?
  /// Of the network under the policy; absent without a target that states it.
  public var latencySeconds: Double?
  /// Absent for a list of layers, which has no connections.
  public var memory: NetworkMemory?
  /// Layers that should have one activation width and have several.
  public var warnings: [String]

  private enum CodingKeys: String, CodingKey {
    case file, network, layers, batch, target, memory, warnings
    case latencySeconds = "latency_s"
  }

  public init(file: String, for network: Network, memory: NetworkMemory?, warnings: [String]) {
    self.file = file
    self.network = network.name
    layers = network.layers.count
    batch = network.batch
    self.memory = memory
    self.warnings = warnings
  }

  /// Adds the target that can run the policy.
  public mutating func add(target: TargetStamp, latencySeconds: Double?) {
    self.target = target
    self.latencySeconds = latencySeconds
  }

  /// One sentence for a terminal, with a caution where the costs need one.
  public var text: String {
    let memory = memory.map { "; \($0.text)" } ?? ""
    guard let target else { return "\(file) fits \(network), \(layers) layers\(memory)\n" }
    let latency = latencySeconds.map { ", \(Quantity.seconds($0))" } ?? ""
    return "\(file) fits \(network) and \(target.id)\(latency)\(memory)\n" + target.caution
  }
}
