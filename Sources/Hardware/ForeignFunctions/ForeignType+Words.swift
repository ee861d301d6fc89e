import Core

extension ForeignType {
  /// The bits of `value` as this type, in the low end of a word; nil when an integer type cannot hold it.
  ///
  /// Floating types round to the nearest; an `f32` that would become infinite is refused.
  func word(of value: Int) -> UInt64? {
    switch self {
    case .i8: Int8(exactly: value).map { UInt64(UInt8(bitPattern: $0)) }
    case .i16: Int16(exactly: value).map { UInt64(UInt16(bitPattern: $0)) }
    case .i32: Int32(exactly: value).map { UInt64(UInt32(bitPattern: $0)) }
    case .i64: UInt64(bitPattern: Int64(value))
    case .u8: UInt8(exactly: value).map(UInt64.init)
    case .u16: UInt16(exactly: value).map(UInt64.init)
    case .u32: UInt32(exactly: value).map(UInt64.init)
    case .u64: UInt64(exactly: value)
    case .f32: UInt64(Float(value).bitPattern)
    case .f64: Double(value).bitPattern
    }
  }

  /// The same for a number that need not be whole; integer types take whole numbers only.
  func word(of value: Double) -> UInt64? {
    switch self {
    case .f64: value.bitPattern
    case .f32: Float(value).isFinite ? UInt64(Float(value).bitPattern) : nil
    case .u64: UInt64(exactly: value)
    default: Int(exactly: value).flatMap { word(of: $0) }
    }
  }

  /// The number in a word that libffi returned: integers are widened to it, `f32` is in its low half.
  ///
  /// The word is narrowed to the type first, because libffi may leave rubbish above.
  func number(in word: UInt64) -> Double {
    switch self {
    case .i8: Double(Int8(truncatingIfNeeded: word))
    case .i16: Double(Int16(truncatingIfNeeded: word))
    case .i32: Double(Int32(truncatingIfNeeded: word))
    case .i64: Double(Int64(bitPattern: word))
    case .u8: Double(UInt8(truncatingIfNeeded: word))
    case .u16: Double(UInt16(truncatingIfNeeded: word))
    case .u32: Double(UInt32(truncatingIfNeeded: word))
    case .u64: Double(word)
    case .f32: Double(Float(bitPattern: UInt32(truncatingIfNeeded: word)))
    case .f64: Double(bitPattern: word)
    }
  }
}
