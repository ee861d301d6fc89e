import NumberFormats
import Testing

@Suite struct CoveringTests {
  /// Every number of a format from zero on; of integers the unsigned, which are the most.
  private func numbers(_ format: NumberFormat) -> [Double] {
    switch format {
    case .integer(let format): return format.range(.unsigned).map { Double($0) }
    case .floating(let format):
      return (0..<UInt32(format.codeCount)).map { Double(format.decode($0)) }.filter {
        $0.isFinite && $0 >= 0
      }
    default: return []
    }
  }

  /// Whether some power of two takes every number of `one` to a number of `other`.
  private func fits(_ one: Set<Double>, in other: Set<Double>) -> Bool {
    (-40...40).contains { exponent in
      let scale = Double(sign: .plus, exponent: exponent, significand: 1)
      return one.allSatisfy { other.contains($0 * scale) }
    }
  }

  @Test("a format of at most 8 bits, or fp16, covers exactly those whose numbers it has, up to a scale")
  func elements() throws {
    let formats = try [
      "int1", "int2", "int3", "int4", "int5", "int6", "int7", "int8", "int10", "fp4-e2m1", "fp6-e2m3",
      "fp6-e3m2",
      "fp8-e4m3",
      "fp8-e5m2", "fp16",
    ].map { try NumberFormat($0) }
    let sets = formats.map { Set(numbers($0)) }
    for (one, own) in zip(formats, sets) {
      for (other, others) in zip(formats, sets) {
        // Floats have signs, so that of integers those with a sign must do.
        let numbers =
          if case (.integer(let integer), .floating) = (one, other) {
            Set(integer.range(.signed).map { Double($0) })
          } else {
            own
          }
        #expect(one.covers(other) == fits(others, in: numbers), "\(one), \(other)")
      }
    }
  }

  @Test("wide formats and formats of blocks cover what their elements do")
  func others() throws {
    func covers(_ one: String, _ other: String) throws -> Bool {
      try NumberFormat(one).covers(try NumberFormat(other))
    }
    for format in NumberFormat.all { #expect(NumberFormat.floating(.float32).covers(format)) }
    #expect(try covers("bf16", "int8") && !covers("bf16", "int9"))
    #expect(try covers("bf16", "fp8-e5m2") && !covers("bf16", "fp16") && !covers("fp16", "bf16"))
    #expect(try covers("mxfp8-e4m3", "mxfp6-e2m3") && !covers("mxfp6-e2m3", "mxfp6-e3m2"))
    #expect(try covers("mxfp4", "fp4-e2m1") && covers("nvfp4", "fp4-e2m1") && !covers("fp4-e2m1", "mxfp4"))
    #expect(try !covers("nvfp4", "mxfp4") && !covers("mxfp4", "nvfp4"))
    #expect(try covers("int4-g32", "int4-g128") && !covers("int4-g128", "int4-g32"))
    #expect(try covers("int5-g32", "int4") && !covers("int4-g32", "int4"))
  }

  @Test("covering is a partial order")
  func partialOrder() {
    let all = NumberFormat.all
    for one in all {
      #expect(one.covers(one))
      for other in all where one.covers(other) {
        #expect(one == other || !other.covers(one), "\(one), \(other)")
        for third in all where other.covers(third) {
          #expect(one.covers(third), "\(one), \(other), \(third)")
        }
      }
    }
  }
}
