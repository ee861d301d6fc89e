import Core
import Foundation
import NumberFormats
import Testing

@Suite struct PrecisionTests {
  @Test("integers and 32-bit floats are written as bits, other pairs as the names of their formats")
  func texts() throws {
    let texts = [
      "W4A8": "W4A8", "w4a8": "W4A8", "int4/int8": "W4A8", "int8/fp32": "W8A32", "W20A31": "W20A31",
      "int4/bf16": "int4/bf16", "int4-g128/bf16": "int4-g128/bf16", "FP8-E4M3/fp8-e4m3": "fp8-e4m3/fp8-e4m3",
      "fp32/bfloat16": "fp32/bf16", "int20/bf16": "int20/bf16",
    ]
    for (text, written) in texts {
      let precision = try #require(Precision(text), "\(text)")
      #expect(precision.description == written)
      #expect(Precision(written) == precision)
    }
  }

  @Test(
    "other texts are no precision",
    arguments: [
      "", "/", "W4", "int4", "int4/", "/bf16", "int4/bf16/bf16", "W4/A8", "int4/bf17", "int4 /bf16", "W33A8",
      "int33/bf16",
      "int4/int32",
    ])
  func others(_ text: String) { #expect(Precision(text) == nil) }

  @Test("a policy with formats reads back from its text, and older texts as before")
  func policies() throws {
    let policy = Policy(try ["W8A8", "int4-g128/bf16", "W4A32"].map { try #require(Precision($0)) })
    #expect(policy.text == "W8A8 int4-g128/bf16 W4A32")
    #expect(Policy(text: policy.text) == policy)
    #expect(Policy(text: "W8A8 int4/bf17") == nil && Policy(text: "w8a8") == nil)
  }

  @Test("the bits of a width are those of its format, and 17 to 31 bits have none")
  func formats() throws {
    #expect(BitWidth(8)?.format?.description == "int8")
    #expect(BitWidth.float.format == .floating(.float32))
    #expect(try #require(BitWidth(17)).format == nil)
    #expect(BitWidth(format: .floating(.float32)) == .float)
    #expect(BitWidth(format: .nvfp4).bits == 4)
    // 16 bits of bf16 are not those of an integer.
    #expect(BitWidth(format: .floating(.bfloat16)) != BitWidth(16))
  }

  @Test("a format is kept as its name where integers and 32-bit floats are kept as bits")
  func kept() throws {
    let precision = try #require(Precision("int4/bf16"))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let text = String(decoding: try encoder.encode(precision), as: UTF8.self)
    #expect(text == #"{"activation":"bf16","weight":4}"#)
    #expect(try JSONDecoder().decode(Precision.self, from: Data(text.utf8)) == precision)
  }

  @Test("lists of widths end with the names of formats")
  func ranges() {
    let widths = [4, 8].compactMap(BitWidth.init) + [BitWidth(format: .floating(.bfloat16))]
    #expect(widths.rangeText == "4, 8 bit, bf16")
    #expect(BitWidth.all(from: .eight, through: BitWidth(10)!).rangeText == "8-10 bit")
    #expect([BitWidth(format: .nvfp4)].rangeText == "nvfp4")
  }
}
