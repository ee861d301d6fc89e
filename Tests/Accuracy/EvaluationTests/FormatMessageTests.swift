import Conversations
import Core
import Evaluation
import Testing

/// Formats in messages: bits of integers and 32-bit floats, names of the others.
@Suite struct FormatMessageTests {
  private func line(_ policy: String) -> String {
    #"{"id":2,"method":"evaluate","parameters":{"policy":[\#(policy)],"split":"test"}}"#
  }

  private func request(_ precision: String) throws -> EvaluatorRequest {
    let policy = Policy([try #require(Precision(precision))])
    return EvaluatorRequest(
      id: 2,
      method: .evaluate(WireEvaluation(EvaluationRequest(policy: policy, split: .test), layers: ["a"])))
  }

  @Test(
    "a layer has bits where they tell all, else the name of its format",
    arguments: [
      ("W4A6", #"{"activation_bits":6,"layer":"a","weight_bits":4}"#),
      ("W8A32", #"{"activation_bits":32,"layer":"a","weight_bits":8}"#),
      ("int4-g128/bf16", #"{"activation_format":"bf16","layer":"a","weight_format":"int4-g128"}"#),
      ("int8/fp8-e4m3", #"{"activation_format":"fp8-e4m3","layer":"a","weight_bits":8}"#),
    ])
  func layers(_ precision: String, _ keys: String) throws {
    #expect(try MessageLine.encode(request(precision)) == line(keys))
    #expect(try MessageLine.decode(EvaluatorRequest.self, from: line(keys)) == request(precision))
  }

  @Test("names of integers and of fp32 are read, too")
  func names() throws {
    let keys = #"{"activation_format":"fp32","layer":"a","weight_format":"int8"}"#
    #expect(try MessageLine.decode(EvaluatorRequest.self, from: line(keys)) == request("W8A32"))
  }

  @Test(
    "neither key, both keys, and a name that is no format are no requests",
    arguments: [
      #"{"activation_bits":8,"layer":"a"}"#,
      #"{"activation_bits":8,"layer":"a","weight_bits":8,"weight_format":"bf16"}"#,
      #"{"activation_bits":8,"layer":"a","weight_format":"fp7"}"#,
    ])
  func wrong(_ keys: String) {
    #expect(throws: (any Error).self) { try MessageLine.decode(EvaluatorRequest.self, from: line(keys)) }
  }

  private func description(_ keys: String) throws -> EvaluatorDescription {
    let text =
      #"{"description":{"data":"d","layers":["a"],"network":"n","program":"p","protocol":"haq.evaluator/1.5","#
      + #""test_samples":1,"training_samples":1,"validation_samples":1\#(keys)},"id":1}"#
    guard case .description(_, let description) = try MessageLine.decode(EvaluatorReply.self, from: text)
    else {
      throw EvaluatorFailure(.malformed, "no description")
    }
    return description
  }

  @Test("an evaluator that states no formats is asked for integers and fp32; one that does, for those")
  func stated() throws {
    #expect(try description("").measurableWidths == .assumed)
    #expect(!MeasurableWidths.assumed.weights.contains { !$0.isNumberOfBits })
    let keys =
      #","weight_formats":["int4","bf16","fp3-of-the-future"],"activation_formats":["fp32","int8"]"#
    let widths = try description(keys).measurableWidths
    #expect(widths.contains(try #require(Precision("int4/fp32"))))
    #expect(widths.contains(try #require(Precision("bf16/int8"))))
    #expect(!widths.contains(try #require(Precision("W8A8"))))
    #expect(!widths.contains(try #require(Precision("bf16/bf16"))))
  }

  @Test(
    "numbers of other formats have a format and scales, if any",
    arguments: [
      #"{"format":"bf16"}"#, #"{"format":"fp8-e4m3","scales":[0.5,0.25]}"#, #"{"format":"fp32"}"#,
    ])
  func encodings(_ weight: String) throws {
    let text = #"{"encodings":[{"activation":{"format":"fp32"},"layer":"a","weight":\#(weight)}],"id":1}"#
    #expect(try MessageLine.encode(MessageLine.decode(EvaluatorReply.self, from: text)) == text)
  }

  @Test("an encoding cannot be integers by name")
  func integersByName() {
    let text =
      #"{"encodings":[{"activation":{"format":"int8"},"layer":"a","weight":{"format":"fp32"}}],"id":1}"#
    #expect(throws: (any Error).self) { try MessageLine.decode(EvaluatorReply.self, from: text) }
  }
}
