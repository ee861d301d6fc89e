import Foundation

/// The bytes of a file in ELF with 64 bits, little-endian: numbers and texts at places that need not exist.
struct ELFBytes {
  private let bytes: Data

  /// Nil for another kind of file.
  init?(_ bytes: Data) {
    // A part of other data has indices of its own.
    let bytes = bytes.startIndex == 0 ? bytes : Data(bytes)
    // e_ident: the magic number, 64-bit class, little-endian.
    guard bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]) else { return nil }
    self.bytes = bytes
  }

  func byte(at place: Int) -> Int? { bytes.indices.contains(place) ? Int(bytes[place]) : nil }
  func word16(at place: Int) -> Int? { number(at: place, size: 2) }
  func word32(at place: Int) -> Int? { number(at: place, size: 4) }

  /// An offset or a size; nil when it lies beyond the file.
  func word64(at place: Int) -> Int? {
    value64(at: place).flatMap { (0...bytes.count).contains($0) ? $0 : nil }
  }

  /// Any number that `Int` can hold, such as an address.
  func value64(at place: Int) -> Int? { number(at: place, size: 8) }

  func text(at place: Int) -> String? {
    guard bytes.indices.contains(place), let end = bytes[place...].firstIndex(of: 0) else { return nil }
    return String(decoding: bytes[place..<end], as: UTF8.self)
  }

  private func number(at place: Int, size: Int) -> Int? {
    guard place >= 0, place <= bytes.count - size else { return nil }
    var number: UInt64 = 0
    for offset in 0..<size { number |= UInt64(bytes[place + offset]) << (8 * UInt64(offset)) }
    return Int(exactly: number)
  }
}
