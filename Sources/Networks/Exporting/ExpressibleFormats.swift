import Core
import NumberFormats

/// The formats that a form of export has operators, types or words for.
struct ExpressibleFormats {
  /// Integers with scales of their own, by bits.
  var integers: ClosedRange<Int>? = nil
  /// Further integers.
  var moreIntegers: [Int] = []
  /// Bits of integers with a scale for each group of inputs.
  var groups: ClosedRange<Int>? = nil
  var others: [NumberFormat] = []

  func contains(_ width: BitWidth) -> Bool {
    guard let format = width.format else { return false }
    return switch format {
    case .integer(let integer):
      integers?.contains(integer.bits) == true || moreIntegers.contains(integer.bits)
    case .integerGroups(let group): groups?.contains(group.integer.bits) == true
    default: others.contains(format)
    }
  }

  /// Such as `int1 to int8, int16, fp32`.
  var text: String {
    var parts: [String] = []
    if let integers {
      parts.append(integers.count == 1 ? "int\(integers.lowerBound)" : integers.text(suffix: ""))
    }
    parts += moreIntegers.map { "int\($0)" }
    if let groups { parts.append(groups.text(suffix: "-g32, -g64 or -g128")) }
    return (parts + others.map(\.description)).joined(separator: ", ")
  }
}

extension ClosedRange<Int> {
  fileprivate func text(suffix: String) -> String {
    "int\(lowerBound) to int\(upperBound)" + (suffix.isEmpty ? "" : " (\(suffix))")
  }
}

extension ExportForm {
  /// The formats that weights and activations can have.
  var formats: (weights: ExpressibleFormats, activations: ExpressibleFormats) {
    let floats: [NumberFormat] = [.float16, .bfloat16, .float32].map(NumberFormat.floating)
    let inONNX = [.float8E4M3, .float8E5M2].map(NumberFormat.floating) + floats
    switch self {
    case .qonnx:
      let all = ExpressibleFormats(integers: 1...16, others: [.floating(.float32)])
      return (all, all)
    case .qcdq:
      return (
        ExpressibleFormats(integers: 1...8, groups: 2...8, others: inONNX),
        ExpressibleFormats(integers: 1...8, others: inONNX)
      )
    case .qdq:
      return (
        ExpressibleFormats(integers: 1...8, groups: 2...8, others: inONNX),
        ExpressibleFormats(integers: 8...8, moreIntegers: [16], others: inONNX)
      )
    case .encodings:
      let all = ExpressibleFormats(integers: 1...16, groups: 2...16, others: .withoutIntegers)
      return (all, all)
    case .tensorrt, .trtexec:
      let others = [NumberFormat.floating(.float8E4M3)] + floats
      return (
        ExpressibleFormats(integers: 1...8, others: others),
        ExpressibleFormats(integers: 8...8, others: others)
      )
    case .compressedTensors:
      let blocks = CompressedTensorsConfig.blockFormats
      return (
        ExpressibleFormats(
          integers: 2...8, groups: 2...8, others: [.floating(.float8E4M3)] + blocks + floats),
        ExpressibleFormats(integers: 8...8, others: [.floating(.float8E4M3)] + blocks + floats)
      )
    case .modelopt:
      let blocks = [.float8E4M3, .float8E5M2, .float6E2M3, .float6E3M2, .float4E2M1].map(
        NumberFormat.microscaling)
      let others = [.floating(.float8E4M3)] + blocks + [.nvfp4] + floats
      return (
        ExpressibleFormats(integers: 2...8, groups: 2...8, others: others),
        ExpressibleFormats(integers: 2...8, others: others)
      )
    case .nncf:
      let all = ExpressibleFormats(integers: 8...8, others: [.floating(.float32)])
      return (all, all)
    }
  }

  /// Whether the form has operators, types or words for a pair of a layer.
  func expresses(_ precision: Precision, in layer: Layer) -> Bool {
    // Blocks lie along the last axis there, which in convolutions is that of the kernel's width.
    if self == .modelopt, layer.kind != .fullyConnected, precision.hasBlocks { return false }
    return expresses(precision)
  }

  /// Whether the form has operators, types or words for a pair of any layer.
  private func expresses(_ precision: Precision) -> Bool {
    let (weights, activations) = formats
    guard weights.contains(precision.weight), activations.contains(precision.activation) else { return false }
    switch self {
    case .qonnx, .qcdq, .qdq, .encodings, .compressedTensors, .modelopt: return true
    // One type for both operands of a product; TensorRT keeps fewer bits of weights in bytes.
    case .tensorrt, .trtexec:
      return precision.activation == .eight
        ? precision.weight.isNumberOfBits && precision.weight != .float
        : precision.weight == precision.activation
    case .nncf: return precision.weight == precision.activation
    }
  }

  /// The formats in words.
  var formatsText: String {
    let (weights, activations) = formats
    let alike = self == .tensorrt || self == .trtexec || self == .nncf
    return "weights can be \(weights.text) and activations \(activations.text)"
      + (self == .modelopt ? ", with scales of blocks in fully connected layers alone" : "")
      + (alike ? ", both integers or both of one format" : "")
  }
}

extension Precision {
  fileprivate var hasBlocks: Bool {
    [weight, activation].contains { width in
      switch width.format {
      case .integerGroups, .microscaling, .nvfp4: true
      case .integer, .floating, nil: false
      }
    }
  }
}

extension [NumberFormat] {
  fileprivate static var withoutIntegers: [NumberFormat] {
    NumberFormat.all.filter { format in
      switch format {
      case .integer, .integerGroups: false
      case .floating, .microscaling, .nvfp4: true
      }
    }
  }
}
