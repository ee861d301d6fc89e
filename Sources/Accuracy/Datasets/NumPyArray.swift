import Foundation

/// An array in NumPy's .npy format, as numbers in row-major order.
///
/// Source: NumPy enhancement proposal 1 and `numpy.lib.format`, versions 1 to 3.
package struct NumPyArray: Sendable {
  package let dimensions: [Int]
  package let values: Values

  /// What the elements are; narrower numbers are widened.
  package enum Values: Sendable {
    case bytes([UInt8])
    case integers([Int64])
    case floats([Float])
  }

  private static let mostElements = 1 << 31

  /// Throws `DatasetError` when the bytes, named `path` in messages, are not a whole array of numbers in C order.
  package init(_ bytes: [UInt8], path: String) throws(DatasetError) {
    func malformed(_ reason: String) -> DatasetError { .malformed(path: path, reason: reason) }
    guard bytes.count >= 10, bytes[..<6].elementsEqual([0x93] + Array("NUMPY".utf8)) else {
      throw malformed("it is not a .npy file")
    }
    let lengthBytes = bytes[6] == 1 ? 2 : 4
    guard (1...3).contains(bytes[6]), bytes.count >= 8 + lengthBytes else {
      throw malformed("its format version is \(bytes[6]).\(bytes[7]); 1 to 3 are read")
    }
    let headerLength = (0..<lengthBytes).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
    let start = 8 + lengthBytes + headerLength
    guard start <= bytes.count else { throw malformed("it ends early") }
    let header = String(decoding: bytes[(8 + lengthBytes)..<start], as: UTF8.self)

    guard let type = header.firstMatch(of: /'descr':\s*'([^']*)'/)?.1,
      let order = header.firstMatch(of: /'fortran_order':\s*(True|False)/)?.1,
      let shape = header.firstMatch(of: /'shape':\s*\(([0-9, ]*)\)/)?.1
    else { throw malformed("its header is not that of an array of numbers: \(header.prefix(120))") }
    guard order == "False" else {
      throw malformed("it is in Fortran order; save numpy.ascontiguousarray(...) of it")
    }
    dimensions = shape.split(separator: ",").compactMap { Int($0.filter { $0 != " " }) }
    var count = 1
    for size in dimensions {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow, product <= Self.mostElements else {
        throw malformed("it claims \(dimensions) elements; at most \(Self.mostElements) are read")
      }
      count = product
    }
    guard let format = Self.formats[String(type)] else {
      throw malformed(
        "its elements have the type \(type); there are \(Self.formats.keys.sorted().joined(separator: ", "))")
    }
    guard bytes.count - start == count * format.size else {
      throw malformed(
        "\(dimensions) elements of \(format.size) bytes need \(count * format.size) bytes; it has \(bytes.count - start)"
      )
    }
    values = bytes.withUnsafeBytes { format.read(UnsafeRawBufferPointer(rebasing: $0[start...]), count) }
  }

  private struct Format {
    var size: Int
    var read: @Sendable (UnsafeRawBufferPointer, Int) -> Values
  }

  private static let formats: [String: Format] = [
    "|u1": Format(size: 1) { bytes, _ in .bytes(Array(bytes)) },
    "|b1": Format(size: 1) { bytes, _ in .bytes(Array(bytes)) },
    "|i1": integers(Int8.self), "<i2": integers(Int16.self), "<u2": integers(UInt16.self),
    "<i4": integers(Int32.self), "<u4": integers(UInt32.self), "<i8": integers(Int64.self),
    "<f4": floats(Float.self) { $0 }, "<f8": floats(Double.self) { Float($0) },
  ]

  private static func integers<Number: FixedWidthInteger & BitwiseCopyable>(_: Number.Type) -> Format {
    Format(size: MemoryLayout<Number>.size) { bytes, count in
      .integers((0..<count).map { Int64(Number(littleEndian: element(bytes, $0))) })
    }
  }

  private static func floats<Number: BitwiseCopyable>(
    _: Number.Type, _ convert: @escaping @Sendable (Number) -> Float
  ) -> Format {
    Format(size: MemoryLayout<Number>.size) { bytes, count in
      .floats((0..<count).map { convert(element(bytes, $0)) })
    }
  }

  /// The buffer holds more than `index` elements: the caller has compared sizes.
  private static func element<Number: BitwiseCopyable>(_ bytes: UnsafeRawBufferPointer, _ index: Int)
    -> Number
  {
    bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Number>.size, as: Number.self)
  }
}
