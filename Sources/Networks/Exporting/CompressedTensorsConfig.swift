import Core
public import Evaluation
import NumberFormats

/// The quantization config of compressed-tensors for a quantized network: which modules have which numbers.
///
/// Fields and their meanings are those of `QuantizationConfig`, `QuantizationScheme` and `QuantizationArgs` in
/// compressed-tensors 0.20. Layers that are floats of 16 or 32 bits in both operands are ignored: their numbers are those of
/// the model.
public struct CompressedTensorsConfig: Hashable, Sendable, Codable {
  public var quantMethod = "compressed-tensors"
  /// By names of no meaning.
  public var configGroups: [String: Scheme]
  public var ignore: [String]

  /// The layers that have the same numbers.
  public struct Scheme: Hashable, Sendable, Codable {
    /// Names of modules.
    public var targets: [String]
    public var weights: Arguments?
    public var inputActivations: Arguments?

    enum CodingKeys: String, CodingKey {
      case targets, weights
      case inputActivations = "input_activations"
    }
  }

  /// How the numbers of a tensor are rounded.
  public struct Arguments: Hashable, Sendable, Codable {
    public var bits: Int
    /// `int` or `float`.
    public var type: String
    public var strategy: String
    public var groupSize: Int?
    /// Without zero point.
    public var symmetric = true
    public var dynamic: Dynamic = .no
    /// Of the scales of blocks.
    public var scaleType: String?

    enum CodingKeys: String, CodingKey {
      case bits = "num_bits"
      case type, strategy, symmetric, dynamic
      case groupSize = "group_size"
      case scaleType = "scale_dtype"
    }
  }

  /// When scales are chosen.
  public enum Dynamic: Hashable, Sendable {
    /// In calibration.
    case no
    /// For each input.
    case yes
    /// Those of blocks for each input, that of the tensor in calibration.
    case local
  }

  enum CodingKeys: String, CodingKey {
    case quantMethod = "quant_method"
    case configGroups = "config_groups"
    case ignore
  }

  /// Formats with scales of blocks that compressed-tensors has schemes for: MXFP8, MXFP6 of E2M3, MXFP4 and NVFP4.
  static let blockFormats: [NumberFormat] = [
    .microscaling(.float8E4M3), .microscaling(.float6E2M3), .microscaling(.float4E2M1), .nvfp4,
  ]

  /// - Parameters:
  ///   - encodings: One for each layer, in order.
  ///   - modules: The names of the layers as modules of the model.
  /// - Precondition: `ExportForm.compressedTensors` expresses every pair, and there are as many modules as layers.
  public init(_ encodings: [LayerEncoding], modules: [String]) {
    var groups: [(arguments: [Arguments?], targets: [String])] = []
    ignore = []
    for (encoding, module) in zip(encodings, modules) {
      let arguments = [
        Arguments(weights: encoding.weight), Arguments(activations: encoding.activation),
      ]
      if arguments == [nil, nil] {
        ignore.append(module)
      } else if let group = groups.firstIndex(where: { $0.arguments == arguments }) {
        groups[group].targets.append(module)
      } else {
        groups.append((arguments, [module]))
      }
    }
    configGroups = [:]
    for (index, group) in groups.enumerated() {
      configGroups["group_\(index)"] = Scheme(
        targets: group.targets, weights: group.arguments[0], inputActivations: group.arguments[1])
    }
  }
}

extension CompressedTensorsConfig.Arguments {
  /// Nil for floats of 16 and 32 bits.
  init?(weights encoding: TensorEncoding) {
    switch encoding {
    case .integers(let quantizer):
      self.init(
        bits: quantizer.bits.bits, type: "int", strategy: quantizer.scales.count == 1 ? "tensor" : "channel",
        symmetric: quantizer.lowest < 0)
    case .other(let other):
      self.init(other.format, floatStrategy: other.scales.count == 1 ? "tensor" : "channel")
    }
  }

  /// Nil for floats of 16 and 32 bits.
  init?(activations encoding: TensorEncoding) {
    switch encoding {
    case .integers(let quantizer):
      // What is never negative has the zero point -128 there, at which its 256 values are those of an unsigned byte.
      self.init(bits: quantizer.bits.bits, type: "int", strategy: "tensor", symmetric: quantizer.lowest < 0)
    case .other(let other):
      self.init(other.format, floatStrategy: "tensor")
      if strategy == "group" { dynamic = .yes }
      if strategy == "tensor_group" { dynamic = .local }
    }
  }

  private init?(_ width: BitWidth, floatStrategy: String) {
    switch width.format {
    case .floating(.float8E4M3): self.init(bits: 8, type: "float", strategy: floatStrategy)
    case .integerGroups(let groups):
      self.init(
        bits: groups.integer.bits, type: "int", strategy: "group", groupSize: groups.length.rawValue)
    case .microscaling(let format):
      self.init(
        bits: format.element.bits, type: "float", strategy: "group",
        groupSize: MicroscalingFormat.blockLength, scaleType: "torch.uint8")
    case .nvfp4:
      self.init(
        bits: 4, type: "float", strategy: "tensor_group", groupSize: NVFP4Quantizer.blockLength,
        scaleType: "torch.float8_e4m3fn")
    default: return nil
    }
  }
}

extension CompressedTensorsConfig.Dynamic: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let isDynamic = try? container.decode(Bool.self) {
      self = isDynamic ? .yes : .no
    } else if try container.decode(String.self) == "local" {
      self = .local
    } else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\"dynamic\" is true, false or \"local\"")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .no: try container.encode(false)
    case .yes: try container.encode(true)
    case .local: try container.encode("local")
    }
  }
}
