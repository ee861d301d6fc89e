import NumberFormats

/// For lists, files and ties: by bits with the share of scales, then integers, then the order of `NumberFormat.all`.
///
/// It says nothing about accuracy or cost; that is what `covers` and cost tables are for.
extension BitWidth: Comparable {
  public static func < (left: BitWidth, right: BitWidth) -> Bool {
    // Most are numbers of bits, and searches compare millions.
    left.isNumberOfBits && right.isNumberOfBits ? left.bits < right.bits : left.rank < right.rank
  }

  private var rank: (Double, Int) {
    (bitsPerElement, isNumberOfBits ? 0 : 1 + (format.flatMap(NumberFormat.all.firstIndex) ?? 0))
  }

  /// Bits of a number with its share of the scale of a block: 4.25 of `mxfp4`.
  public var bitsPerElement: Double {
    isNumberOfBits ? Double(bits) : format?.bitsPerElement.value ?? Double(bits)
  }
}

extension BitWidth {
  /// Whether nothing of what `other` keeps is lost at this width; of integers and 32-bit floats the wider covers.
  public func covers(_ other: BitWidth) -> Bool {
    if isNumberOfBits, other.isNumberOfBits { return bits >= other.bits }
    guard let format, let others = other.format else { return self == .float }
    return format.covers(others)
  }

  /// At what a value is stored that is read at each of `widths`: the one that covers the others, 32-bit floats where
  /// none does or there is none.
  public static func stored(for widths: some Collection<BitWidth>) -> BitWidth {
    // A width that covers all is the last that covers what came before it.
    guard var candidate = widths.first else { return .float }
    for width in widths where width.covers(candidate) { candidate = width }
    return widths.allSatisfy(candidate.covers) ? candidate : .float
  }
}

extension Precision {
  /// Of a weight and an activation, with their shares of scales.
  public var bitsPerElements: Double { weight.bitsPerElement + activation.bitsPerElement }

  /// Whether both formats cover the other pair's.
  public func covers(_ other: Precision) -> Bool {
    weight.covers(other.weight) && activation.covers(other.activation)
  }
}

extension Precision: Comparable {
  /// For lists and ties: by weights, then activations.
  public static func < (left: Precision, right: Precision) -> Bool {
    (left.weight, left.activation) < (right.weight, right.activation)
  }
}

extension Collection<BitWidth> {
  /// Whether of any two, one covers the other.
  public var isChain: Bool { allSatisfy { width in allSatisfy { width.covers($0) || $0.covers(width) } } }
}

extension BitWidth {
  /// Bits of a tensor of rows, each with its begun blocks and their scales.
  ///
  /// - Precondition: neither number is negative, and the elements are far fewer than 2^58.
  func bits(rows: Int, rowLength: Int) -> Int {
    guard let format, !isNumberOfBits, let bits = format.bits(rows: rows, rowLength: rowLength) else {
      return rows * rowLength * bits
    }
    return bits
  }
}
