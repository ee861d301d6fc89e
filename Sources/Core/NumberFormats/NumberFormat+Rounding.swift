extension NumberFormat {
  /// The values of a tensor as the format holds them: encoded and decoded again.
  ///
  /// Floats of 16 and 32 bits overflow to infinity, as casts do; all else saturates. Blocks lie within a row. NVFP4's
  /// scale of the tensor is that of the greatest finite magnitude of all rows. Integers without groups round to signed
  /// integers: divide by their scale before, multiply after.
  public func round(rows: [[Float]]) -> [[Float]] {
    switch self {
    case .integer(let format):
      return rows.map { $0.map { format.round($0, .signed) } }
    case .floating(let format):
      let overflow: FloatingFormat.Overflow = format.bits >= 16 ? .standard : .saturating
      return rows.map { $0.map { format.round($0, overflow: overflow) } }
    case .microscaling(let format):
      return rows.map { format.decode(row: format.encode(row: $0)) }
    case .nvfp4:
      let quantizer = NVFP4Quantizer(fitting: rows)
      return rows.map { quantizer.decode(row: quantizer.encode(row: $0)) }
    case .integerGroups(let format):
      return rows.map { format.decode(row: format.encode(row: $0)) }
    }
  }
}
