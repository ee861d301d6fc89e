import FixtureBuilding
import Foundation
import NumberFormats
import RandomNumbers

/// What `Reference/write_reference.py` wrote, from ml_dtypes, numpy and gfloat.
enum Reference {
  /// The lines of a file, each split at spaces, comments left out.
  static func lines(_ name: String) throws -> [[Substring]] {
    let path = Places.package + "/Tests/Core/NumberFormatsTests/Reference/" + name
    return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
      .filter { !$0.hasPrefix("#") }.map { $0.split(separator: " ") }
  }

  /// The words below each line `format NAME`.
  static func sections(_ name: String) throws -> [String: [Substring]] {
    var sections: [String: [Substring]] = [:]
    var format = ""
    for line in try lines(name) {
      if line.count == 2, line[0] == "format" {
        format = String(line[1])
      } else {
        sections[format, default: []] += line
      }
    }
    return sections
  }

  /// The lines of `fingerprints.txt` that begin with `kind`, without it.
  static func fingerprints(_ kind: String) throws -> [[String]] {
    try lines("fingerprints.txt").filter { $0.first.map(String.init) == kind }
      .map { $0.dropFirst().map(String.init) }
  }
}

/// FNV-1a of 64 bits, the lowest byte of each number first.
struct Fingerprint {
  private var state: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func add(_ number: some FixedWidthInteger) {
    for byte in 0..<(type(of: number).bitWidth / 8) {
      state = (state ^ UInt64(truncatingIfNeeded: number >> (8 * byte)) & 0xFF) &* 0x100_0000_01B3
    }
  }

  var text: String {
    let digits = String(state, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

extension SeededGenerator {
  /// One float as `floats` of `Reference/random_floats.py` makes it.
  mutating func float(fields: ClosedRange<UInt64>) -> Float {
    let word = next()
    guard word >> 63 == 1 else { return Float(bitPattern: UInt32(truncatingIfNeeded: word)) }
    let field = fields.lowerBound + ((word >> 33) & 0x3FFF_FFFF) % UInt64(fields.count)
    return Float(
      bitPattern: UInt32(truncatingIfNeeded: word & 0x7F_FFFF | (field << 23) | (word & 1 << 32) >> 1))
  }

  /// A row of blocks as `tensors` of `Reference/blocks.py` makes it.
  mutating func row(blocks: Int, length: Int) -> [Float] {
    let top = Int(next() % 255)
    return (0..<blocks).flatMap { _ in
      let base = max(0, top - Int(next() % 14))
      return (0..<length).map { _ -> Float in
        let word = next()
        guard (word >> 33) & 15 != 0 else { return 0 }
        let field = UInt64(max(0, base - Int((word >> 40) % 12)))
        return Float(
          bitPattern: UInt32(truncatingIfNeeded: word & 0x7F_FFFF | (field << 23) | (word & 1 << 32) >> 1))
      }
    }
  }
}

extension Float {
  /// Its bits, where each NaN is the quiet one of its sign.
  var quietBits: UInt32 { isNaN ? bitPattern & 0x8000_0000 | 0x7FC0_0000 : bitPattern }
}
