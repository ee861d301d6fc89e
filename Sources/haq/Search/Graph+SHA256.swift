import Crypto
import Networks

extension Graph {
  /// SHA-256 of all weights in the order of the layers' names, lower-case hex; wherever they were read from.
  var weightsSHA256: String {
    var hash = SHA256()
    for (name, layer) in weights.sorted(by: { $0.key < $1.key }) {
      hash.update(data: Array("\(name)\t\(layer.weight.count)\t\(layer.bias.count)\n".utf8))
      for numbers in [layer.weight, layer.bias] {
        numbers.withUnsafeBytes { hash.update(bufferPointer: $0) }
      }
    }
    return hash.finalize().map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}
