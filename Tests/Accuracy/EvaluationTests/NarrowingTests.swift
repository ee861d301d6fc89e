import Core
import Evaluation
import Testing

/// Estimates of sensitivities, as messages have them.
@Suite struct NarrowingTests {
  private let request = EvaluationRequest(
    policy: Policy([.eight, .eight]), split: .test, samples: 10,
    narrowings: [
      Narrowing(layers: [0], operand: .weight, width: BitWidth(4)!),
      Narrowing(layers: [0], operand: .activation, width: BitWidth(formatName: "fp8-e4m3")!),
    ])

  private func evaluator(_ version: String, reply: String) throws -> (FakeEvaluator, EvaluatorProcess) {
    let fake = try FakeEvaluator(
      first: FakeEvaluator.description.replacing("haq.evaluator/1.2", with: version)
        .replacing("\"test_samples\":3", with: "\"test_samples\":10"),
      "read line; echo \"$line\" >> requests\necho '{\"id\":2,\"evaluation\":{\(reply)}}'")
    return (fake, try fake.start())
  }

  private static let plain = #""accuracy":0.8,"loss":0.5,"samples":10"#

  @Test("evaluators of 1.4 are asked for estimates, and may give none; older ones are not asked")
  func asked() throws {
    let reply = Self.plain + #","estimated_increases":[0.5,-0.25]"#
    let (new, newer) = try evaluator("haq.evaluator/1.4", reply: reply)
    #expect(try newer.evaluate(request).figures?.estimatedIncreases == [0.5, -0.25])
    let narrowings =
      #""narrowings":[{"bits":4,"layers":["a"],"operand":"weight"},"#
      + #"{"format":"fp8-e4m3","layers":["a"],"operand":"activation"}]"#
    #expect(try new.requests()[1].contains(narrowings))
    let (old, older) = try evaluator("haq.evaluator/1.3", reply: Self.plain)
    #expect(try older.evaluate(request).figures?.estimatedIncreases == nil)
    #expect(try !old.requests()[1].contains("narrowings"))
    let (_, silent) = try evaluator("haq.evaluator/1.4", reply: Self.plain)
    #expect(try silent.evaluate(request).figures?.estimatedIncreases == nil)
  }

  @Test("estimates of something else are no answer")
  func disagreeing() throws {
    let (_, fewer) = try evaluator(
      "haq.evaluator/1.4", reply: Self.plain + #","estimated_increases":[0.5]"#)
    let error = try evaluatorError { _ = try fewer.evaluate(request) }
    #expect("\(String(describing: error))".contains("2, one for each narrowing"))
    let (_, unasked) = try evaluator(
      "haq.evaluator/1.4", reply: Self.plain + #","estimated_increases":[0.5,1]"#)
    var plain = request
    plain.narrowings = nil
    let other = try evaluatorError { _ = try unasked.evaluate(plain) }
    #expect("\(String(describing: other))".contains("no narrowings were asked for"))
  }

  @Test("layers are found by their names, and unknown ones are not")
  func names() throws {
    let wire = WireEvaluation(request, layers: ["stem", "head"])
    let narrowing = try #require(wire.narrowings?.first)
    #expect(narrowing.narrowing(layers: ["other", "stem"])?.layers == [1])
    #expect(narrowing.narrowing(layers: ["other"]) == nil)
  }
}
