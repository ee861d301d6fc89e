/// A number of bits for each element, exactly: 4 bits and an 8-bit scale for 32 elements are 4.25.
public struct BitsPerElement: Hashable, Sendable {
  /// In lowest terms.
  public let numerator: Int
  public let denominator: Int

  /// - Precondition: both are positive, and `elements` is a power of two.
  init(bits: Int, perElements elements: Int) {
    precondition(bits > 0 && elements > 0 && elements & (elements - 1) == 0)
    let common = min(bits.trailingZeroBitCount, elements.trailingZeroBitCount)
    numerator = bits >> common
    denominator = elements >> common
  }

  public var value: Double { Double(numerator) / Double(denominator) }
}

extension BitsPerElement: CustomStringConvertible {
  /// `8`, `4.25`.
  public var description: String { denominator == 1 ? "\(numerator)" : "\(value)" }
}

extension NumberFormat {
  /// Bits of the scale that a block shares; 0 where the format stores none.
  public var scaleBits: Int {
    switch self {
    case .integer, .floating: 0
    case .microscaling, .nvfp4: 8
    case .integerGroups: IntegerGroupFormat.scale.bits
    }
  }

  /// Bits that a tensor takes once, apart from its elements and blocks: the 32-bit scale of NVFP4.
  public var tensorBits: Int { self == .nvfp4 ? 32 : 0 }

  /// Bits of an element with its share of the scale of a whole block.
  ///
  /// Not counted are scales of whole tensors and channels, which are few, as `tensorBits` is.
  public var bitsPerElement: BitsPerElement {
    let length = blockLength ?? 1
    return BitsPerElement(bits: element.bits * length + scaleBits, perElements: length)
  }

  /// Bits of a tensor of `rows` rows, whose blocks lie within a row, with `tensorBits`; nil where they do not fit
  /// an `Int`, or where a number is negative.
  public func bits(rows: Int, rowLength: Int) -> Int? {
    guard rows >= 0, rowLength >= 0 else { return nil }
    let blocks = blockLength.map { rowLength / $0 + (rowLength % $0 == 0 ? 0 : 1) } ?? 0
    let (elementBits, isTooLong) = rowLength.multipliedReportingOverflow(by: element.bits)
    let (rowBits, isRowTooLong) = elementBits.addingReportingOverflow(blocks * scaleBits)
    let (allRows, areTooMany) = rowBits.multipliedReportingOverflow(by: rows)
    let (sum, isTooMuch) = allRows.addingReportingOverflow(tensorBits)
    return isTooLong || isRowTooLong || areTooMany || isTooMuch ? nil : sum
  }
}
