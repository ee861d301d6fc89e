import NumberFormats
import RandomNumbers
import Testing

/// Bit for bit as ml_dtypes 0.6.0, and numpy 2.4.6 for fp16 and integers.
@Suite struct ReferenceTests {
  static let formats = FloatingFormat.allCases.filter { $0 != .float32 }

  @Test("every code of at most 8 bits has the value of ml_dtypes", arguments: formats.filter { $0.bits <= 8 })
  func codes(_ format: FloatingFormat) throws {
    let values = try #require(try Reference.sections("codes.txt")[format.description])
    try #require(values.count == format.codeCount)
    for (code, value) in values.enumerated() {
      #expect(format.decode(UInt32(code)).quietBits == UInt32(value, radix: 16), "code \(code)")
    }
  }

  @Test("every integer of 1, 2 and 4 bits has the value of ml_dtypes", arguments: [1, 2, 4])
  func integerCodes(_ bits: Int) throws {
    let format = try #require(IntegerFormat(bits: bits))
    for (prefix, signedness) in [("int", IntegerFormat.Signedness.signed), ("uint", .unsigned)] {
      let values = try #require(try Reference.sections("codes.txt")["\(prefix)\(bits)"])
      try #require(values.count == format.codeCount)
      for (code, value) in values.enumerated() {
        let decoded = Float(format.decode(UInt32(code), signedness))
        #expect(decoded.bitPattern == UInt32(value, radix: 16), "\(prefix)\(bits), code \(code)")
      }
    }
  }

  @Test("every code of 16 bits has the value of ml_dtypes and numpy", arguments: formats)
  func allCodes(_ format: FloatingFormat) throws {
    let line = try #require(try Reference.fingerprints("decode").first { $0[0] == format.description })
    var fingerprint = Fingerprint()
    for code in 0..<UInt32(format.codeCount) { fingerprint.add(format.decode(code).quietBits) }
    #expect(fingerprint.text == line[1])
  }

  @Test("midpoints, their neighbours, overflow and NaN round as in ml_dtypes", arguments: formats)
  func roundings(_ format: FloatingFormat) throws {
    let rows = try #require(try Reference.sections("roundings.txt")[format.description])
    // Three floats at each midpoint, the last behind the largest number, and seven special ones; of both signs.
    #expect(rows.count > 2 * (3 * 4 + 6))
    for row in rows {
      let cells = row.split(separator: ":").map { UInt32($0, radix: 16) ?? .max }
      try #require(cells.count == 3)
      let value = Float(bitPattern: cells[0])
      #expect(format.encode(value) == cells[1], "\(value)")
      #expect(format.encode(value, overflow: .saturating) == cells[2], "\(value), saturating")
    }
  }

  @Test("a million random floats have the codes of ml_dtypes", arguments: formats)
  func randomFloats(_ format: FloatingFormat) throws {
    let line = try #require(try Reference.fingerprints("encode").first { $0[0] == format.description })
    let numbers = line[1...4].compactMap { UInt64($0) }
    try #require(numbers.count == 4)
    #expect(numbers[0] == 1_000_000)
    var generator = SeededGenerator(seed: numbers[1])
    var (standard, saturating) = (Fingerprint(), Fingerprint())
    for _ in 0..<numbers[0] {
      let value = generator.float(fields: numbers[2]...numbers[3])
      standard.add(UInt16(format.encode(value)))
      saturating.add(UInt16(format.encode(value, overflow: .saturating)))
    }
    #expect(standard.text == line[5])
    #expect(saturating.text == line[6])
  }

  @Test("random floats have the integers of numpy's rint and clip, signed and unsigned", arguments: 1...16)
  func integers(_ bits: Int) throws {
    let format = try #require(IntegerFormat(bits: bits))
    for (prefix, signedness) in [("int", IntegerFormat.Signedness.signed), ("uint", .unsigned)] {
      let line = try #require(try Reference.fingerprints("integer").first { $0[0] == "\(prefix)\(bits)" })
      let numbers = line[1...4].compactMap { UInt64($0) }
      try #require(numbers.count == 4)
      var generator = SeededGenerator(seed: numbers[1])
      var fingerprint = Fingerprint()
      for _ in 0..<numbers[0] {
        let value = generator.float(fields: numbers[2]...numbers[3])
        fingerprint.add(UInt16(format.encode(value, signedness)))
      }
      #expect(fingerprint.text == line[5], "\(prefix)\(bits)")
    }
  }
}
