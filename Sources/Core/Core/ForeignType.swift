/// The C types that a bare function may take and return.
public enum ForeignType: String, Hashable, Sendable, Codable, CaseIterable {
  case i8, i16, i32, i64, u8, u16, u32, u64, f32, f64

  public var isInteger: Bool { self != .f32 && self != .f64 }

  /// Whether the type can represent `value`: integer types for whole numbers in their range, floating types for what
  /// does not become infinite.
  public func holds(_ value: Double) -> Bool {
    switch self {
    case .i8: Int8(exactly: value) != nil
    case .i16: Int16(exactly: value) != nil
    case .i32: Int32(exactly: value) != nil
    case .i64: Int64(exactly: value) != nil
    case .u8: UInt8(exactly: value) != nil
    case .u16: UInt16(exactly: value) != nil
    case .u32: UInt32(exactly: value) != nil
    case .u64: UInt64(exactly: value) != nil
    case .f32: Float(value).isFinite
    case .f64: value.isFinite
    }
  }

  /// The whole numbers that the type holds, for messages; nil for floating types.
  public var range: String? {
    switch self {
    case .i8: "-128 to 127"
    case .i16: "-32768 to 32767"
    case .i32: "-2147483648 to 2147483647"
    case .i64: "-9223372036854775808 to 9223372036854775807"
    case .u8: "0 to 255"
    case .u16: "0 to 65535"
    case .u32: "0 to 4294967295"
    case .u64: "0 to 18446744073709551615"
    case .f32, .f64: nil
    }
  }
}
