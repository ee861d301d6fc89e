import NumberFormats
import Testing

@Suite struct RoundingTests {
  @Test("rounding a tensor a second time changes nothing")
  func idempotent() throws {
    // Powers of two and their neighbours within a block, so that scales and elements come out exactly again.
    let rows: [[Float]] = [(0..<40).map { Float($0 - 20) }, [Float](repeating: 0, count: 40)]
    for format in NumberFormat.all where format != .nvfp4 && !format.description.contains("-g") {
      let once = format.round(rows: rows)
      #expect(format.round(rows: once) == once, "\(format)")
    }
  }

  @Test("no value moves further than half the largest step of its format")
  func distance() throws {
    let row = (0..<64).map { Float($0 * $0) / 64 - 20 }
    // Steps at the greatest magnitude 43: of scale 43/7, of e2m1 2 * scale, of e4m3 4.
    let bounds = [
      "int4-g64": 43.0 / 14 + 0.01, "mxfp4": 8, "fp8-e4m3": 2, "bf16": 0.125, "nvfp4": 43.0 / 6 + 1,
    ]
    for (name, bound) in bounds {
      let rounded = try NumberFormat(name).round(rows: [row])[0]
      for (value, result) in zip(row, rounded) {
        #expect(Double(abs(value - result)) <= bound, "\(name), \(value)")
      }
    }
  }

  @Test("rows keep their lengths, and empty ones stay empty")
  func shapes() {
    for format in NumberFormat.all {
      #expect(format.round(rows: [[], [1], [Float](repeating: 1, count: 129)]).map(\.count) == [0, 1, 129])
    }
  }

  @Test("integers and floats of at most 8 bits saturate, floats of 16 bits overflow as casts do")
  func overflow() throws {
    let row: [Float] = [1e9, -1e9]
    #expect(try NumberFormat("int4").round(rows: [row]) == [[7, -8]])
    #expect(try NumberFormat("fp8-e5m2").round(rows: [row]) == [[57344, -57344]])
    #expect(try NumberFormat("fp16").round(rows: [row]) == [[.infinity, -.infinity]])
    #expect(try NumberFormat("fp32").round(rows: [row]) == [row])
  }
}
