import Core
import NumberFormats

/// What the numbers of a tensor are, by the numbers of ONNX's `TensorProto.DataType`.
enum ONNXElementType: Int32, CaseIterable {
  case float32 = 1
  case unsigned8 = 2
  case signed8 = 3
  case unsigned16 = 4
  case signed16 = 5
  case signed32 = 6
  case signed64 = 7
  case boolean = 9
  case float16 = 10
  case float64 = 11
  case unsigned32 = 12
  case unsigned64 = 13
  case bfloat16 = 16
  case float8E4M3 = 17
  case float8E5M2 = 19
  case unsigned4 = 21
  case signed4 = 22

  /// Bits of one number in a file.
  var bits: Int {
    switch self {
    case .unsigned4, .signed4: 4
    case .unsigned8, .signed8, .boolean, .float8E4M3, .float8E5M2: 8
    case .unsigned16, .signed16, .float16, .bfloat16: 16
    case .float32, .signed32, .unsigned32: 32
    case .float64, .signed64, .unsigned64: 64
    }
  }

  var isFloat: Bool {
    switch self {
    case .float16, .bfloat16, .float32, .float64: true
    default: false
    }
  }

  /// Whether numbers are kept as `Dimension`s; smaller integers are exact as floats, and there may be many.
  var isShapeNumber: Bool {
    switch self {
    case .signed32, .signed64, .unsigned32, .unsigned64, .boolean: true
    default: false
    }
  }

  /// The format of 8-bit floats; nil for other types.
  var floats8: FloatingFormat? {
    switch self {
    case .float8E4M3: .float8E4M3
    case .float8E5M2: .float8E5M2
    default: nil
    }
  }

  /// The format of 16-bit floats; nil for other types.
  var floats16: FloatingFormat? {
    switch self {
    case .float16: .float16
    case .bfloat16: .bfloat16
    default: nil
    }
  }

  /// The values of an integer type of up to 16 bits; nil for others.
  var quantizedRange: ClosedRange<Float>? {
    switch self {
    case .unsigned4: 0...15
    case .signed4: -8...7
    case .unsigned8: 0...255
    case .signed8: -128...127
    case .unsigned16: 0...65_535
    case .signed16: -32_768...32_767
    default: nil
    }
  }

  /// The types that are read, for messages.
  static var names: String { allCases.map(\.description).joined(separator: ", ") }

  /// A type by its number in a file, for messages.
  static func title(of number: Int32) -> String {
    if let type = ONNXElementType(rawValue: number) { return type.description }
    return switch number {
    case 8: "strings"
    case 14, 15: "complex numbers"
    case 18, 20: "8-bit floats without a negative zero"
    case 23: "4-bit floats"
    default: "numbers of an unknown type (\(number))"
    }
  }
}

extension ONNXElementType: CustomStringConvertible {
  /// In the plural, such as `64-bit integers`.
  var description: String {
    switch self {
    case .float16, .float32, .float64: "\(bits)-bit floats"
    case .bfloat16: "bfloat16 numbers"
    case .float8E4M3, .float8E5M2: "8-bit floats (\(floats8?.description ?? ""))"
    case .boolean: "booleans"
    case .unsigned4, .unsigned8, .unsigned16, .unsigned32, .unsigned64: "unsigned \(bits)-bit integers"
    case .signed4, .signed8, .signed16, .signed32, .signed64: "\(bits)-bit integers"
    }
  }
}
