import Foundation
import Networks
import NumberFormats

/// Numbers as they lie in a file: little-endian, one after the other.
enum ONNXNumbers {
  /// - Precondition: there are enough bytes for `count` numbers.
  static func decode(_ bytes: Data, count: Int, type: ONNXElementType) -> FoldedTensor.Elements {
    switch type {
    case .float32: .floats(map(bytes, count) { (bits: UInt32) in Float(bitPattern: bits) })
    case .float64: .floats(map(bytes, count) { (bits: UInt64) in Float(Double(bitPattern: bits)) })
    case .float16: .floats(map(bytes, count) { (bits: UInt16) in Float(Float16(bitPattern: bits)) })
    case .bfloat16: .floats(map(bytes, count) { (bits: UInt16) in Float(bitPattern: UInt32(bits) << 16) })
    case .float8E4M3:
      .floats(map(bytes, count) { (bits: UInt8) in FloatingFormat.float8E4M3.decode(UInt32(bits)) })
    case .float8E5M2:
      .floats(map(bytes, count) { (bits: UInt8) in FloatingFormat.float8E5M2.decode(UInt32(bits)) })
    case .unsigned8: .floats(map(bytes, count) { (bits: UInt8) in Float(bits) })
    case .signed8: .floats(map(bytes, count) { (bits: Int8) in Float(bits) })
    case .unsigned16: .floats(map(bytes, count) { (bits: UInt16) in Float(bits) })
    case .signed16: .floats(map(bytes, count) { (bits: Int16) in Float(bits) })
    case .unsigned4: .floats(nibbles(bytes, count) { Float($0) })
    case .signed4: .floats(nibbles(bytes, count) { Float($0 < 8 ? Int($0) : Int($0) - 16) })
    case .boolean: .integers(map(bytes, count) { (bits: UInt8) in Dimension(bits == 0 ? 0 : 1) })
    case .signed32: .integers(map(bytes, count) { (bits: Int32) in Dimension(Int(bits)) })
    case .unsigned32: .integers(map(bytes, count) { (bits: UInt32) in Dimension(Int(bits)) })
    case .signed64: .integers(map(bytes, count) { (bits: Int64) in Dimension(Int(bits)) })
    case .unsigned64: .integers(map(bytes, count) { (bits: UInt64) in Dimension(Int(clamping: bits)) })
    }
  }

  private static func map<Bits: FixedWidthInteger, Element>(
    _ bytes: Data, _ count: Int, _ element: (Bits) -> Element
  ) -> [Element] {
    let width = MemoryLayout<Bits>.size
    // The caller has checked that the last load ends within the bytes.
    return bytes.withUnsafeBytes { bytes in
      [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
        for index in 0..<count {
          let bits = bytes.loadUnaligned(fromByteOffset: index * width, as: Bits.self)
          buffer.initializeElement(at: index, to: element(Bits(littleEndian: bits)))
        }
        initialized = count
      }
    }
  }

  /// Two numbers a byte, the first in the low half.
  private static func nibbles(_ bytes: Data, _ count: Int, _ element: (UInt8) -> Float) -> [Float] {
    (0..<count).map { index in
      element(bytes[bytes.startIndex + index / 2] >> (index.isMultiple(of: 2) ? 0 : 4) & 0x0F)
    }
  }
}

extension UnsafeMutableBufferPointer {
  fileprivate func initializeElement(at index: Int, to value: Element) {
    (baseAddress! + index).initialize(to: value)
  }
}
