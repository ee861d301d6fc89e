public import Core

/// One operand of a layer, or of layers that have it in common, in fewer bits than a policy gives it.
public struct Narrowing: Hashable, Sendable, Codable {
  /// Positions of layers in policies, ascending; several whose activations have one width.
  public var layers: [Int]
  public var operand: Operand
  public var width: BitWidth

  /// What a layer multiplies.
  public enum Operand: String, Hashable, Sendable, Codable, CaseIterable {
    case weight
    case activation
  }

  public init(layers: [Int], operand: Operand, width: BitWidth) {
    (self.layers, self.operand, self.width) = (layers, operand, width)
  }
}

/// A `Narrowing` as messages have it: the names of the layers, and bits of integers or the name of another format.
public struct WireNarrowing: Hashable, Sendable {
  public var layers: [String]
  public var operand: Narrowing.Operand
  public var width: BitWidth

  /// - Precondition: the narrowing is of layers that have names.
  init(_ narrowing: Narrowing, layers names: [String]) {
    layers = narrowing.layers.map { names[$0] }
    (operand, width) = (narrowing.operand, narrowing.width)
  }

  /// Of the network with these layers; nil where it has none of a name.
  public func narrowing(layers names: [String]) -> Narrowing? {
    let positions = layers.compactMap { names.firstIndex(of: $0) }
    guard positions.count == layers.count, !positions.isEmpty else { return nil }
    return Narrowing(layers: positions, operand: operand, width: width)
  }
}

extension WireNarrowing: Codable {
  private enum CodingKeys: String, CodingKey {
    case layers, operand, bits, format
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    layers = try container.decode([String].self, forKey: .layers)
    operand = try container.decode(Narrowing.Operand.self, forKey: .operand)
    guard let name = try container.decodeIfPresent(String.self, forKey: .format) else {
      width = try container.decode(BitWidth.self, forKey: .bits)
      return
    }
    guard let format = BitWidth(formatName: name) else {
      throw DecodingError.dataCorruptedError(
        forKey: .format, in: container,
        debugDescription: "\"\(name.visibleLine.prefix(40))\" is no number format")
    }
    width = format
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(layers, forKey: .layers)
    try container.encode(operand, forKey: .operand)
    if width.isNumberOfBits {
      try container.encode(width, forKey: .bits)
    } else {
      try container.encode(width.formatName, forKey: .format)
    }
  }
}
