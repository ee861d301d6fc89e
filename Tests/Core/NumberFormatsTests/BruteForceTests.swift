import NumberFormats
import RandomNumbers
import Testing

/// Rounding against a search through every number of a format.
@Suite struct BruteForceTests {
  /// Finite numbers of both signs, ascending, each with its code; zero once, as +0.
  private static func numbers(_ format: FloatingFormat) -> [(value: Double, code: UInt32)] {
    (0..<UInt32(format.codeCount)).map { (Double(format.decode($0)), $0) }
      .filter { $0.value.isFinite && !($0.value == 0 && $0.value.sign == .minus) }
      .sorted { $0.value < $1.value }
  }

  @Test(
    "a random float goes to the nearest of all numbers, and to the even code of two",
    arguments: FloatingFormat.allCases.filter { $0.bits <= 8 })
  func nearest(_ format: FloatingFormat) {
    let numbers = Self.numbers(format)
    let largest = numbers.last?.value ?? 0
    var source = RandomSource(seed: 11)
    for draw in 0..<5000 {
      // A third of them on a grid so fine that midpoints come up.
      let value =
        draw % 3 == 0
        ? Float((source.uniform() * 128).rounded() / 64 * Double(format.smallestNormal))
        : Float((2 * source.uniform() - 1) * largest * (draw % 3 == 1 ? 1.2 : 0.01))
      let exact = Double(value)
      let distance = numbers.map { abs($0.value - exact) }.min() ?? 0
      let candidates = numbers.filter { abs($0.value - exact) == distance }
      let expected = candidates.count == 1 ? candidates : candidates.filter { $0.code & 1 == 0 }
      #expect(expected.count == 1)
      let found = format.encode(value, overflow: .saturating)
      // -0 and +0 are one number.
      let code = format.decode(found) == 0 ? 0 : found
      #expect(code == expected.first?.code, "\(value)")
    }
  }

  @Test(
    "between neighbours the midpoint goes to the even code, and the floats beside it to their side",
    arguments: FloatingFormat.allCases.filter { $0 != .float32 })
  func midpoints(_ format: FloatingFormat) {
    let numbers = Self.numbers(format)
    var mistakes = 0
    for (lower, upper) in zip(numbers, numbers.dropFirst()) {
      let middle = Float((lower.value + upper.value) / 2)
      // A Float holds it exactly, as it has more bits than any of these formats.
      #expect(Double(middle) == (lower.value + upper.value) / 2)
      let even = lower.code & 1 == 0 ? lower : upper
      let rounded = [middle, middle.nextDown, middle.nextUp].map { Double(format.round($0)) }
      if rounded != [even.value, lower.value, upper.value] { mistakes += 1 }
    }
    #expect(mistakes == 0)
    #expect(numbers.count >= format.codeCount / 2)
  }

  @Test("every finite number rounds to itself, with its own code", arguments: FloatingFormat.allCases)
  func numbersStay(_ format: FloatingFormat) {
    let codes =
      format == .float32 ? [0, 1, 0x7F_FFFF, 0x80_0000, 0x7F7F_FFFF] : Array(0..<UInt32(format.codeCount))
    for code in codes where format.decode(code).isFinite {
      #expect(format.encode(format.decode(code)) == code)
    }
  }

  @Test("integers go to the nearest of all integers, and to the even one of two", arguments: 1...10)
  func integers(_ bits: Int) throws {
    let format = try #require(IntegerFormat(bits: bits))
    for signedness in IntegerFormat.Signedness.allCases {
      let all = (0..<UInt32(format.codeCount)).map { format.decode($0, signedness) }.sorted()
      let reach = Float(format.codeCount)
      for step in 0...800 {
        // In eighths, so that halves come up.
        let value = ((Float(step) / 400 - 1) * reach * 8).rounded() / 8
        let distance = all.map { abs(Float($0) - value) }.min() ?? 0
        let nearest = all.filter { abs(Float($0) - value) == distance }
        let expected = nearest.count == 1 ? nearest : nearest.filter { $0.isMultiple(of: 2) }
        #expect([format.decode(format.encode(value, signedness), signedness)] == expected, "\(value)")
        #expect(format.round(value, signedness) == Float(expected.first ?? .max), "\(value)")
      }
    }
  }
}
