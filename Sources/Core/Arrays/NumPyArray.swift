/// An array in NumPy's .npy format: little-endian numbers in C order.
///
/// Source: NumPy enhancement proposal 1 and `numpy.lib.format`, versions 1 to 3.
public struct NumPyArray: Sendable {
  public let shape: [Int]
  public let elements: Elements

  /// The numbers, in C order; narrower whole numbers are widened.
  public enum Elements: Sendable {
    case bytes([UInt8])
    case integers([Int64])
    case naturals([UInt64])
    case floats([Float])
    case doubles([Double])
  }

  private static let mostElements = 1 << 31

  /// Throws when the bytes are not a whole array of numbers in C order.
  public init(_ bytes: [UInt8]) throws(NumPyError) {
    guard bytes.count >= 10, bytes[..<6].elementsEqual([0x93] + Array("NUMPY".utf8)) else {
      throw NumPyError("it does not begin with the .npy signature")
    }
    guard (1...3).contains(bytes[6]) else {
      throw NumPyError("its .npy format version is \(bytes[6]).\(bytes[7]); 1 to 3 are read")
    }
    let lengthBytes = bytes[6] == 1 ? 2 : 4
    guard bytes.count >= 8 + lengthBytes else { throw NumPyError("it ends inside its header") }
    let length = (0..<lengthBytes).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
    let start = 8 + lengthBytes + length
    guard start <= bytes.count else { throw NumPyError("it ends inside its header") }
    let header = try Header(String(decoding: bytes[(8 + lengthBytes)..<start], as: UTF8.self))
    var count = 1
    for size in header.shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow, product <= Self.mostElements else {
        throw NumPyError("it claims \(header.shape) elements; at most \(Self.mostElements) are read")
      }
      count = product
    }
    guard let format = Format.all[header.type] else {
      throw NumPyError(
        "it has elements of type \"\(header.type)\"; read are \(Format.all.keys.sorted().joined(separator: ", "))"
      )
    }
    guard bytes.count - start == count * format.size else {
      throw NumPyError(
        "it has \(bytes.count - start) bytes of data; \(header.shape) elements of \(format.size) bytes need "
          + "\(count * format.size)")
    }
    shape = header.shape
    elements = bytes.withUnsafeBytes { format.read(UnsafeRawBufferPointer(rebasing: $0[start...]), count) }
  }
}

/// Why bytes are not an array that is read; to be said of a file.
public struct NumPyError: Error, Hashable, Sendable {
  /// Such as `it ends inside its header`.
  public let reason: String
  /// What to do about it, as a sentence.
  public let hint: String?

  init(_ reason: String, hint: String? = nil) {
    self.reason = reason
    self.hint = hint
  }
}

/// The Python dictionary before the numbers.
private struct Header {
  let type: String
  let shape: [Int]

  init(_ text: String) throws(NumPyError) {
    guard let type = text.firstMatch(of: /'descr':\s*'([^']*)'/)?.1,
      let order = text.firstMatch(of: /'fortran_order':\s*(True|False)/)?.1,
      let shape = text.firstMatch(of: /'shape':\s*\(([0-9, ]*)\)/)?.1
    else { throw NumPyError("its header is not that of an array of numbers: \(text.prefix(120))") }
    guard order == "False" else {
      throw NumPyError("it is in Fortran order", hint: "Save numpy.ascontiguousarray(array).")
    }
    self.type = String(type)
    self.shape = shape.split(separator: ",").compactMap { Int($0.filter { $0 != " " }) }
  }
}

/// How numbers of one type are stored.
private struct Format: Sendable {
  /// Bytes of an element.
  let size: Int
  let read: @Sendable (UnsafeRawBufferPointer, _ count: Int) -> NumPyArray.Elements

  static let all: [String: Format] = [
    "|u1": Format(size: 1) { bytes, _ in .bytes(Array(bytes)) },
    "|b1": Format(size: 1) { bytes, _ in .bytes(Array(bytes)) },
    "|i1": integers(Int8.self), "<i2": integers(Int16.self), "<u2": integers(UInt16.self),
    "<i4": integers(Int32.self), "<u4": integers(UInt32.self), "<i8": integers(Int64.self),
    "<u8": Format(size: 8) { bytes, count in
      .naturals((0..<count).map { UInt64(littleEndian: element(bytes, $0)) })
    },
    "<f4": Format(size: 4) { bytes, count in .floats((0..<count).map { element(bytes, $0) }) },
    "<f8": Format(size: 8) { bytes, count in .doubles((0..<count).map { element(bytes, $0) }) },
  ]

  private static func integers<Number: FixedWidthInteger & BitwiseCopyable>(_: Number.Type) -> Format {
    Format(size: MemoryLayout<Number>.size) { bytes, count in
      .integers((0..<count).map { Int64(Number(littleEndian: element(bytes, $0))) })
    }
  }

  /// The buffer holds more than `index` elements: the caller has compared sizes.
  private static func element<Number: BitwiseCopyable>(
    _ bytes: UnsafeRawBufferPointer, _ index: Int
  ) -> Number {
    bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Number>.size, as: Number.self)
  }
}
