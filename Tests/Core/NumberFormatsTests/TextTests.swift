import NumberFormats
import Testing

@Suite struct TextTests {
  @Test("every format reads back from its text, in capitals too")
  func roundTrip() throws {
    // 16 integers, 8 floats, 5 microscaling formats, nvfp4, and 15 integers with 3 lengths of groups.
    #expect(NumberFormat.all.count == 16 + 8 + 5 + 1 + 45)
    for format in NumberFormat.all {
      #expect(try NumberFormat(format.description) == format)
      #expect(try NumberFormat(format.description.uppercased()) == format)
    }
  }

  @Test("formats have the names that the documents use")
  func names() throws {
    let names = [
      "int4", "fp32", "fp16", "bf16", "fp8-e4m3", "fp8-e5m2", "fp6-e2m3", "fp6-e3m2", "fp4-e2m1",
      "mxfp8-e4m3",
      "mxfp8-e5m2", "mxfp6-e2m3", "mxfp6-e3m2", "mxfp4", "nvfp4", "int4-g128",
    ]
    for name in names { #expect(try NumberFormat(name).description == name) }
    #expect(try NumberFormat("bfloat16") == .floating(.bfloat16))
    #expect(try NumberFormat("float16").description == "fp16")
    #expect(try NumberFormat("float32").description == "fp32")
  }

  @Test(
    "an error says what is allowed",
    arguments: [
      ("fp8", #""fp8" is no number format; there are fp8-e4m3 and fp8-e5m2"#),
      ("mxfp6", #""mxfp6" is no number format; there are mxfp6-e2m3 and mxfp6-e3m2"#),
      (
        "int17",
        #""int17" is no number format; integers are int1 to int16; integers with a scale for each group are int2 "#
          + "to int16 with -g32, -g64, -g128 behind, such as int4-g128"
      ),
      (
        "int4-g48",
        #""int4-g48" is no number format; integers with a scale for each group are int2 to int16 with -g32, -g64, "#
          + "-g128 behind, such as int4-g128"
      ),
      (
        "tf32",
        #""tf32" is no number format; allowed are fp32, fp16, bf16, fp8-e4m3, fp8-e5m2, fp6-e2m3, fp6-e3m2, "#
          + "fp4-e2m1, mxfp8-e4m3, mxfp8-e5m2, mxfp6-e2m3, mxfp6-e3m2, mxfp4, nvfp4; integers are int1 to int16; "
          + "integers with a scale for each group are int2 to int16 with -g32, -g64, -g128 behind, such as int4-g128"
      ),
    ])
  func errors(_ text: String, _ message: String) {
    let error = #expect(throws: NumberFormatError.self) { try NumberFormat(text) }
    #expect(error?.description == message)
  }

  @Test(
    "other texts are errors",
    arguments: [
      "", "int", "int0", "int04", "int+4", "int-4", "int4 ", "int1-g32", "bf16-g32", "int4-g", "nvfp4-g16",
    ]
  )
  func otherTexts(_ text: String) {
    #expect(throws: NumberFormatError.self) { try NumberFormat(text) }
  }

  @Test("an error shows control characters escaped, and no more than 40 characters")
  func hostileTexts() {
    let escaped = NumberFormatError(text: "a\u{1B}[2J\n").description
    #expect(escaped.hasPrefix(#""a\u{1B}[2J\n" is no number format"#))
    let long = NumberFormatError(text: String(repeating: "x", count: 1_000_000)).description
    #expect(long.hasPrefix("\"" + String(repeating: "x", count: 40) + "...\" is no"))
  }
}
