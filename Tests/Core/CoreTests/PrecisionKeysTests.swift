import Core
import Foundation
import Testing

@Suite("the keys of a pair in messages")
struct PrecisionKeysTests {
  private func read(_ text: String) throws -> Precision {
    try JSONDecoder().decode(PrecisionKeys.self, from: Data(text.utf8)).precision
  }

  @Test(
    "integers and 32-bit floats are bits, other formats names, both ways",
    arguments: [
      ("W4A8", #"{"activation_bits":8,"weight_bits":4}"#),
      ("W32A32", #"{"activation_bits":32,"weight_bits":32}"#),
      ("int4-g128/bf16", #"{"activation_format":"bf16","weight_format":"int4-g128"}"#),
      ("int8/fp16", #"{"activation_format":"fp16","weight_bits":8}"#),
    ])
  func keys(pair: String, text: String) throws {
    let precision = try #require(Precision(pair))
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    #expect(String(decoding: try encoder.encode(PrecisionKeys(precision)), as: UTF8.self) == text)
    #expect(try read(text) == precision)
  }

  @Test(
    "an operand with both keys, none, or an unknown format is refused",
    arguments: [
      #"{"weight_bits":8,"weight_format":"bf16","activation_bits":8}"#, #"{"weight_bits":8}"#,
      #"{"weight_format":"bf17","activation_bits":8}"#, #"{"weight_bits":33,"activation_bits":8}"#,
    ])
  func refused(text: String) {
    #expect(throws: DecodingError.self) { try read(text) }
  }
}
