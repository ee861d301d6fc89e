import Crypto
import Foundation
import Networks

extension Graph {
  /// SHA-256 of the operations and all their numbers, lower-case hex; wherever they were read from.
  var contentSHA256: String {
    var hash = SHA256()
    func add(_ text: String) { hash.update(data: Array("\(text)\n".utf8)) }
    func add(_ numbers: [Float]) { numbers.withUnsafeBytes { hash.update(bufferPointer: $0) } }
    add("\(input) \(inputShape) \(outputs) \(sharedWeights)")
    for node in nodes { add("\(node)") }
    for (name, layer) in weights.sorted(by: { $0.key < $1.key }) {
      add("\(name) \(layer.weight.count) \(layer.bias.count)")
      add(layer.weight)
      add(layer.bias)
    }
    for (name, constant) in constants.sorted(by: { $0.key < $1.key }) {
      add("\(name) \(constant.extents)")
      add(constant.values)
    }
    return hash.finalize().map { String(format: "%02x", $0) }.joined()
  }
}
