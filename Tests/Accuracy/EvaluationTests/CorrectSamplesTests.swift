import Core
import Evaluation
import Testing

@Suite(.serialized) struct CorrectSamplesTests {
  @Test("a bit for each sample, the first in the highest bit of the first byte")
  func bits() throws {
    // 11011011 11000000, in groups of six 110110 111100 0000(00): 2, 8, A.
    let ten = CorrectSamples([true, true, false, true, true, false, true, true, true, true])
    #expect(ten.base64 == "28A=" && ten.count == 10 && ten.correctCount == 8)
    #expect(CorrectSamples(base64: "28A=", count: 10) == ten)
    #expect(CorrectSamples([]).base64 == "" && CorrectSamples(base64: "", count: 0) != nil)
    #expect(CorrectSamples(base64: "/w==", count: 8)?.correctCount == 8)
  }

  @Test(
    "another length, another form and bits behind the last sample are refused",
    arguments: [
      ("28A=", 8), ("28A=", 17), ("28E=", 10), ("28A", 10), ("%%%%", 24), ("28A=", -1), ("28A=", Int.max),
    ])
  func misfits(text: String, count: Int) {
    #expect(CorrectSamples(base64: text, count: count) == nil)
  }

  private func figures(_ right: [Bool]) -> EvaluationResult.Figures {
    var figures = EvaluationResult.Figures(
      accuracy: Double(right.count(where: \.self)) / Double(right.count), loss: 1, samples: right.count)
    figures.correctSamples = CorrectSamples(right)
    return figures
  }

  @Test("the standard error of a difference counts the samples on which two networks disagree")
  func difference() throws {
    // 20 samples: both right on 10, only the one on 2, only the other on 5, both wrong on 3.
    let one = figures(
      Array(repeating: true, count: 12) + Array(repeating: false, count: 8))
    let other = figures(
      Array(repeating: true, count: 10) + Array(repeating: false, count: 2) + Array(repeating: true, count: 5)
        + Array(repeating: false, count: 3))
    let pair = try #require(PairedDifference(one, less: other))
    #expect(pair.gained == 2 && pair.lost == 5 && pair.samples == 20)
    // -3 / 20, and sqrt(7 - 9 / 20) / 20.
    #expect(pair.difference == -0.15)
    #expect(abs(pair.standardError - 6.55.squareRoot() / 20) < 1e-15)
    // The same from the definition: the standard deviation of the differences +1, -1 and 0 of single samples.
    let singles =
      Array(repeating: 1.0, count: 2) + Array(repeating: -1.0, count: 5) + Array(repeating: 0.0, count: 13)
    let mean = singles.reduce(0, +) / 20
    let variance = singles.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20
    #expect(abs(pair.standardError - (variance / 20).squareRoot()) < 1e-15)
    // Unpaired it would be sqrt(0.6 x 0.4 / 20 + 0.75 x 0.25 / 20), larger.
    #expect(pair.standardError < (0.6 * 0.4 / 20 + 0.75 * 0.25 / 20).squareRoot())

    #expect(PairedDifference(one, less: figures([true])) == nil)
    #expect(PairedDifference(one, less: .init(accuracy: 0.75, loss: 1, samples: 20)) == nil)
  }

  private let request = EvaluationRequest(policy: nil, split: .test, extras: [.correctSamples, .top5])

  private func evaluator(_ version: String, reply: String) throws -> (FakeEvaluator, EvaluatorProcess) {
    let fake = try FakeEvaluator(
      first: FakeEvaluator.description.replacing("haq.evaluator/1.2", with: version)
        .replacing("\"test_samples\":3", with: "\"test_samples\":10"),
      "read line; echo \"$line\" >> requests\necho '{\"id\":2,\"evaluation\":{\(reply)}}'")
    return (fake, try fake.start())
  }

  @Test("evaluators of 1.3 are asked for them, older ones are not")
  func asked() throws {
    let plain = #""accuracy":0.8,"loss":0.5,"samples":10"#
    let (new, newer) = try evaluator("haq.evaluator/1.3", reply: plain + #","correct_samples":"28A=""#)
    let figures = try #require(try newer.evaluate(request).figures)
    #expect(figures.correctSamples == CorrectSamples(base64: "28A=", count: 10))
    #expect(try new.requests()[1].contains(#""extras":["correct_samples","top5"]"#))
    let (old, older) = try evaluator("haq.evaluator/1.2", reply: plain)
    #expect(try older.evaluate(request).figures?.correctSamples == nil)
    #expect(try old.requests()[1].contains(#""extras":["top5"]"#))
    // An evaluator may leave them out.
    let (_, silent) = try evaluator("haq.evaluator/1.3", reply: plain)
    #expect(try silent.evaluate(request).figures?.samples == 10)
  }

  @Test(
    "bits that are not those of the accuracy are no answer",
    arguments: [
      #""accuracy":0.8,"loss":0.5,"samples":10,"correct_samples":"28E=""#,
      #""accuracy":0.7,"loss":0.5,"samples":10,"correct_samples":"28A=""#,
      #""accuracy":0.8,"loss":0.5,"samples":20,"correct_samples":"28A=""#,
    ])
  func disagreeing(reply: String) throws {
    let (_, evaluator) = try evaluator("haq.evaluator/1.3", reply: reply)
    let error = try evaluatorError { _ = try evaluator.evaluate(request) }
    guard case .impossible = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}
