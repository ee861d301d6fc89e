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
  private static let longestHeader = 1 << 16

  /// Throws when the bytes are not a whole array of numbers in C order.
  public init(_ bytes: [UInt8]) throws(NumPyError) {
    var place = 0
    try self.init(ofBytes: bytes.count, memoryLimit: .max) { buffer in
      let count = min(buffer.count, bytes.count - place)
      bytes.withUnsafeBytes {
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[place..<place + count]))
      }
      place += count
      return count
    }
  }

  /// Reads an array from wherever it is; its header is judged before memory is taken for its numbers.
  ///
  /// - Parameters:
  ///   - size: The bytes of header and numbers together. Where it is another's claim, the caller bounds it.
  ///   - memoryLimit: What the numbers may take in memory, in bytes.
  ///   - read: Fills a buffer and returns how many bytes there were, fewer only at the end.
  public init(
    ofBytes size: Int, memoryLimit: Int, reading read: (UnsafeMutableRawBufferPointer) -> Int
  ) throws(NumPyError) {
    let (header, start) = try Self.header(read)
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
    guard size - start == count * format.size else {
      throw NumPyError(
        "it has \(size - start) bytes of data; \(header.shape) elements of \(format.size) bytes need "
          + "\(count * format.size)")
    }
    guard count * format.memorySize <= memoryLimit else {
      throw NumPyError(
        "its \(header.shape) elements take \(count * format.memorySize) bytes of memory; at most \(memoryLimit) are "
          + "unpacked", hint: "Save it unpacked, as .npy or with numpy.savez.")
    }
    guard let elements = format.read(count, read) else { throw NumPyError("it ends early") }
    shape = header.shape
    self.elements = elements
  }

  /// The header, and its length with what is before it.
  private static func header(
    _ read: (UnsafeMutableRawBufferPointer) -> Int
  ) throws(NumPyError) -> (Header, length: Int) {
    func bytes(_ count: Int) -> [UInt8] {
      [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
        initialized = read(
          UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[..<count])))
      }
    }
    let first = bytes(10)
    guard first.count == 10, first[..<6].elementsEqual([0x93] + Array("NUMPY".utf8)) else {
      throw NumPyError("it does not begin with the .npy signature")
    }
    guard (1...3).contains(first[6]) else {
      throw NumPyError("its .npy format version is \(first[6]).\(first[7]); 1 to 3 are read")
    }
    let lengthBytes = first[6] == 1 ? Array(first[8...]) : first[8...] + bytes(2)
    let length = lengthBytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= longestHeader else {
      throw NumPyError("its header has \(length) bytes; at most \(longestHeader) are read")
    }
    let text = bytes(length)
    guard text.count == length, lengthBytes.count == (first[6] == 1 ? 2 : 4) else {
      throw NumPyError("it ends inside its header")
    }
    return (try Header(String(decoding: text, as: UTF8.self)), 8 + lengthBytes.count + length)
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
    let extents = shape.split(separator: ",").map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
    let sizes = extents.compactMap { Int($0) }
    guard sizes.count == extents.count else {
      throw NumPyError("it claims (\(shape.prefix(120))) elements, which cannot be counted")
    }
    self.shape = sizes
  }
}

/// How numbers of one type are stored.
private struct Format: Sendable {
  typealias Reading = (UnsafeMutableRawBufferPointer) -> Int

  /// Bytes of an element in a file, and in memory.
  let size: Int
  let memorySize: Int
  /// Nil where there are fewer than `count`.
  let read: @Sendable (_ count: Int, Reading) -> NumPyArray.Elements?

  static let all: [String: Format] = [
    "|u1": asTheyAre { .bytes($0) }, "|b1": asTheyAre { .bytes($0) },
    "|i1": integers(Int8.self), "<i2": integers(Int16.self), "<u2": integers(UInt16.self),
    "<i4": integers(Int32.self), "<u4": integers(UInt32.self), "<i8": integers(Int64.self),
    "<u8": asTheyAre { .naturals($0) }, "<f4": asTheyAre { .floats($0) }, "<f8": asTheyAre { .doubles($0) },
  ]

  /// Elements that memory has as the file has them, on the little-endian machines that haq runs on.
  private static func asTheyAre<Number: BitwiseCopyable & SendableMetatype>(
    _ elements: @escaping @Sendable ([Number]) -> NumPyArray.Elements
  ) -> Format {
    let size = MemoryLayout<Number>.size
    return Format(size: size, memorySize: size) { count, read in
      numbers(count, read).map(elements)
    }
  }

  private static func integers<Number: FixedWidthInteger & BitwiseCopyable & SendableMetatype>(_: Number.Type)
    -> Format
  {
    Format(size: MemoryLayout<Number>.size, memorySize: MemoryLayout<Int64>.size) { count, read in
      // In parts, so that the narrow numbers are not there twice.
      var integers: [Int64] = []
      integers.reserveCapacity(count)
      while integers.count < count {
        guard let part: [Number] = numbers(min(count - integers.count, 1 << 16), read) else { return nil }
        for number in part { integers.append(Int64(number)) }
      }
      return .integers(integers)
    }
  }

  private static func numbers<Number: BitwiseCopyable>(_ count: Int, _ read: Reading) -> [Number]? {
    let numbers = [Number](unsafeUninitializedCapacity: count) { buffer, initialized in
      let bytes = UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
      initialized = read(bytes) / MemoryLayout<Number>.size
    }
    return numbers.count == count ? numbers : nil
  }
}
