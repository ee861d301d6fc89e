import Core
import Evaluation
import Networks

/// The quantizers of a quantized network by layer, as JSON; `docs/export.md` is normative.
public struct EncodingsDocument: Hashable, Sendable, Codable {
  /// 1.0 where all numbers are integers with scales of their own.
  public var schema: String
  public var network: Reference
  public var layers: [Layer]

  /// Which network the quantizers are for.
  public struct Reference: Hashable, Sendable, Codable {
    public var name: String
    /// The fingerprint of the layer shapes, `docs/network.md` section 3.
    public var sha256: String

    public init(name: String, sha256: String) {
      self.name = name
      self.sha256 = sha256
    }
  }

  public struct Layer: Hashable, Sendable, Codable {
    public var name: String
    public var weight: Tensor
    public var activation: Tensor
  }

  /// How the numbers of one tensor are stored.
  public enum Tensor: Hashable, Sendable {
    case integers(Quantizer)
    case other(Numbers)

    init(_ encoding: TensorEncoding, of tensor: String) {
      switch encoding {
      case .integers(let quantizer): self = .integers(Quantizer(quantizer, of: tensor))
      case .other(let other):
        self = .other(Numbers(tensor: tensor, format: other.format.formatName, scale: other.scales))
      }
    }
  }

  /// One tensor's numbers in a format that is not integers with scales of their own.
  public struct Numbers: Hashable, Sendable, Codable {
    public var tensor: String
    public var format: String
    /// What the numbers of the format are multiplied by; empty where the format has its scales itself or none.
    public var scale: [Float]
  }

  /// One tensor's numbers, (quantized value - zero point) * scale; lists have one entry, or one for each output channel.
  public struct Quantizer: Hashable, Sendable, Codable {
    /// The value of the network that is quantized, or the layer's name and `.weight`.
    public var tensor: String
    public var bits: Int
    public var signed: Bool
    public var scale: [Float]
    public var zeroPoint: Int
    public var lowestCode: Int
    public var highestCode: Int
    public var min: [Float]
    public var max: [Float]

    enum CodingKeys: String, CodingKey {
      case tensor, bits, signed, scale
      case zeroPoint = "zero_point"
      case lowestCode = "lowest_code"
      case highestCode = "highest_code"
      case min, max
    }

    init(_ quantizer: QuantizerEncoding, of tensor: String) {
      self.tensor = tensor
      bits = quantizer.bits.bits
      signed = quantizer.lowest < 0
      scale = quantizer.scales
      zeroPoint = quantizer.zeroPoint
      (lowestCode, highestCode) = (quantizer.lowest, quantizer.highest)
      min = quantizer.scales.map { Float(quantizer.lowest - quantizer.zeroPoint) * $0 }
      max = quantizer.scales.map { Float(quantizer.highest - quantizer.zeroPoint) * $0 }
    }
  }

  public init(_ quantized: QuantizedGraph, network: Reference) {
    self.network = network
    let inputs = quantized.graph.nodes.map { ($0.name, $0.inputs[0]) }
    let read = Dictionary(uniqueKeysWithValues: inputs)
    layers = quantized.encodings.map { encoding in
      Layer(
        name: encoding.layer, weight: Tensor(encoding.weight, of: "\(encoding.layer).weight"),
        // A layer is a node, whose input it reads.
        activation: Tensor(encoding.activation, of: read[encoding.layer]!))
    }
    let areIntegers = quantized.encodings.allSatisfy { encoding in
      encoding.weight.integers != nil && encoding.activation.integers != nil
    }
    schema = areIntegers ? "haq.encodings/1.0" : "haq.encodings/1.1"
  }
}

extension EncodingsDocument.Tensor: Codable {
  private enum CodingKeys: String, CodingKey {
    case format
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self =
      container.contains(.format)
      ? .other(try EncodingsDocument.Numbers(from: decoder))
      : .integers(try EncodingsDocument.Quantizer(from: decoder))
  }

  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .integers(let quantizer): try quantizer.encode(to: encoder)
    case .other(let numbers): try numbers.encode(to: encoder)
    }
  }
}
