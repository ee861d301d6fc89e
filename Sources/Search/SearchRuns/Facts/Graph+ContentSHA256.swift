import Hashing
public import Networks

extension Graph {
  /// SHA-256 of the operations and all their numbers, lower-case hex; wherever they were read from.
  public var contentSHA256: String {
    var hash = SHA256()
    hash.update("\(input) \(inputShape) \(outputs) \(sharedWeights)\n")
    for node in nodes { hash.update("\(node)\n") }
    for (name, layer) in weights.sorted(by: { $0.key < $1.key }) {
      hash.update("\(name) \(layer.weight.count) \(layer.bias.count)\n")
      layer.weight.withUnsafeBytes { hash.update($0) }
      layer.bias.withUnsafeBytes { hash.update($0) }
    }
    for (name, constant) in constants.sorted(by: { $0.key < $1.key }) {
      hash.update("\(name) \(constant.extents)\n")
      constant.values.withUnsafeBytes { hash.update($0) }
    }
    return hash.hexDigest()
  }
}
