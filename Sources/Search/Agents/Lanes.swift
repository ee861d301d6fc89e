/// Eight numbers computed side by side; the compiler does not find loops over floats with a choice in them.
typealias Lanes<Scalar: SIMDScalar> = SIMD8<Scalar>

extension UnsafeBufferPointer where Element: SIMDScalar {
  /// The elements from `index` on; zeros beyond the end.
  @inline(__always)
  func lanes(at index: Int) -> Lanes<Element> where Element: Numeric {
    if index + Lanes<Element>.scalarCount <= count {
      return UnsafeRawPointer(baseAddress! + index).loadUnaligned(as: Lanes<Element>.self)
    }
    var lanes = Lanes<Element>(repeating: 0)
    for i in index..<count { lanes[i - index] = self[i] }
    return lanes
  }
}

extension UnsafeMutableBufferPointer where Element: SIMDScalar {
  @inline(__always)
  func lanes(at index: Int) -> Lanes<Element> where Element: Numeric {
    UnsafeBufferPointer(self).lanes(at: index)
  }

  /// Stores the lanes of elements that exist.
  @inline(__always)
  func set(_ lanes: Lanes<Element>, at index: Int) {
    if index + Lanes<Element>.scalarCount <= count {
      UnsafeMutableRawPointer(baseAddress! + index).storeBytes(of: lanes, as: Lanes<Element>.self)
    } else {
      for i in index..<count { self[i] = lanes[i - index] }
    }
  }
}
