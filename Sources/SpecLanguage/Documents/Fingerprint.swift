import Crypto
public import Foundation
public import HardwareModel

extension Network {
  /// SHA-256 of the layer shapes, lower-case hex; `docs/network.md` section 3 defines the text that is hashed.
  public var shapeSHA256: String {
    let lines = layers.map { layer in
      [
        layer.name, layer.kind.rawValue, "\(layer.groups)", "\(layer.inputChannels)",
        "\(layer.outputChannels)",
        "\(layer.input)", "\(layer.output)", "\(layer.kernel)", "\(layer.stride)",
      ].joined(separator: "\t") + "\n"
    }
    return Data(lines.joined().utf8).sha256
  }
}

extension Data {
  /// SHA-256 of the bytes, 64 lower-case hex digits.
  public var sha256: String {
    SHA256.hash(data: self).map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}
