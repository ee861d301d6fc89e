import Conversations
import Core
import Evaluation
import Foundation
import Testing

/// What a fine-tuning may ask of evaluators of each version, and what they may answer.
@Suite(.serialized) struct FineTuningMessageTests {
  private let policy = [WireEvaluation.LayerBits(layer: "a", precision: .eight)]

  private func job(loss: FineTuningLoss? = nil) -> FineTuningJob {
    FineTuningJob(
      epochs: 3, learningRate: 0.5, seed: 1, checkpoint: "c", loss: loss, keep: .best, rateChoice: .guarded)
  }

  /// An evaluator of a version that ends every request with `done` and more keys.
  private func evaluator(_ version: String, done: String = "") throws -> (FakeEvaluator, EvaluatorProcess) {
    let fake = try FakeEvaluator(
      first: FakeEvaluator.description.replacing("haq.evaluator/1.2", with: version),
      "read line; echo \"$line\" >> requests\necho '{\"id\":2,\"done\":true\(done)}'")
    return (fake, try fake.start())
  }

  @Test("loss, kept epoch and choice of the rate are keys of messages, absent where nothing is asked")
  func messages() throws {
    func line(_ job: FineTuningJob) throws -> String {
      try MessageLine.encode(EvaluatorRequest(id: 1, method: .fineTune(job, policy: policy)))
    }
    let plain = FineTuningJob(epochs: 3, learningRate: 0.5, seed: 1, checkpoint: "c")
    let keys = ["loss", "keep", "rate_choice"]
    #expect(try keys.allSatisfy { try !line(plain).contains("\"\($0)\"") })
    let full = try line(job(loss: .distillation))
    for part in [#""loss":"distillation""#, #""keep":"best""#, #""rate_choice":"guarded""#] {
      #expect(full.contains(part))
    }
    #expect(
      try MessageLine.decode(EvaluatorRequest.self, from: full)
        == EvaluatorRequest(id: 1, method: .fineTune(job(loss: .distillation), policy: policy)))
    let tuning = FineTuning(samples: 9, learningRate: 0.5, seed: 2, loss: .distillation)
    let question = WireEvaluation(
      EvaluationRequest(policy: Policy([.eight]), fineTuning: tuning, split: .test), layers: ["a"])
    let text = try MessageLine.encode(EvaluatorRequest(id: 1, method: .evaluate(question)))
    #expect(text.contains(#""fine_tuning":{"learning_rate":0.5,"loss":"distillation","samples":9,"seed":2}"#))
    #expect(
      try MessageLine.decode(EvaluatorRequest.self, from: text)
        == EvaluatorRequest(id: 1, method: .evaluate(question)))
    #expect(throws: DecodingError.self) {
      try MessageLine.decode(
        EvaluatorRequest.self, from: text.replacing("distillation", with: "unheard-of"))
    }
    let done = #"{"done":true,"id":1,"kept_epoch":2,"learning_rate":0.125}"#
    let reply = EvaluatorReply.done(id: 1, FineTuningOutcome(keptEpoch: 2, learningRate: 0.125))
    #expect(try MessageLine.encode(reply) == done)
    #expect(try MessageLine.decode(EvaluatorReply.self, from: done) == reply)
  }

  @Test("evaluators of 1.5 are asked to keep the best epoch and to guard the rate, older ones are not")
  func versions() throws {
    let (new, newer) = try evaluator("haq.evaluator/1.5", done: #","kept_epoch":0,"learning_rate":0.125"#)
    #expect(newer.description.keepsBestEpoch)
    #expect(
      try newer.fineTune(job(), policy: policy) { _ in }
        == FineTuningOutcome(keptEpoch: 0, learningRate: 0.125))
    #expect(try new.requests()[1].contains(#""keep":"best""#))
    #expect(try new.requests()[1].contains(#""rate_choice":"guarded""#))
    let (old, older) = try evaluator("haq.evaluator/1.4")
    #expect(!older.description.keepsBestEpoch)
    #expect(try older.fineTune(job(), policy: policy) { _ in } == FineTuningOutcome())
    #expect(try !old.requests()[1].contains("keep"))
    #expect(try !old.requests()[1].contains("rate_choice"))
  }

  @Test("learned step sizes are refused where the evaluator does not know them")
  func steps() throws {
    let (_, older) = try evaluator("haq.evaluator/1.4")
    var asked = job()
    asked.activationClips = .steps
    let error = try evaluatorError { _ = try older.fineTune(asked, policy: policy) { _ in } }
    #expect(
      error?.description
        == "the evaluator speaks haq.evaluator/1.4, which has no learned step sizes; leave out --lsq, or "
        + "use an evaluator of haq.evaluator/1.5")
    let (new, newer) = try evaluator("haq.evaluator/1.5", done: #","kept_epoch":3"#)
    _ = try newer.fineTune(asked, policy: policy) { _ in }
    #expect(try new.requests()[1].contains(#""activation_clips":"learned_steps""#))
  }

  @Test("distillation is refused where the evaluator would descend on labels, before it is asked")
  func distillation() throws {
    let text =
      "the evaluator speaks haq.evaluator/1.4, which has no distillation; leave out --loss distillation, or use an "
      + "evaluator of haq.evaluator/1.5"
    let (old, older) = try evaluator("haq.evaluator/1.4")
    let whole = try evaluatorError {
      _ = try older.fineTune(job(loss: .distillation), policy: policy) { _ in }
    }
    #expect(whole?.description == text)
    let short = try evaluatorError {
      _ = try older.evaluate(
        EvaluationRequest(
          policy: Policy([.eight, .eight]),
          fineTuning: FineTuning(samples: 1, learningRate: 0.1, seed: 1, loss: .distillation)))
    }
    #expect(short?.description == text)
    #expect(try old.requests().count == 1)
    let (new, newer) = try evaluator("haq.evaluator/1.5", done: #","kept_epoch":3"#)
    _ = try newer.fineTune(job(loss: .distillation), policy: policy) { _ in }
    #expect(try new.requests()[1].contains(#""loss":"distillation""#))
  }

  static let impossible = [
    ("", "kept_epoch is absent; it must be 0 to 3, 0 for the network before the first epoch, since the best"),
    (#","kept_epoch":4"#, "kept_epoch is 4; it must be 0 to 3"),
    (#","kept_epoch":-1"#, "kept_epoch is -1; it must be 0 to 3"),
    (
      #","kept_epoch":1,"learning_rate":0.75"#,
      "learning_rate is 0.75; it must be above 0 and at most 0.5, as was asked for"
    ),
    (#","kept_epoch":1,"learning_rate":0"#, "learning_rate is 0.0; it must be above 0"),
  ]

  @Test("an outcome that no such fine-tuning can have is an error", arguments: impossible)
  func outcomes(done: String, problem: String) throws {
    let (_, evaluator) = try evaluator("haq.evaluator/1.5", done: done)
    let error = try evaluatorError { _ = try evaluator.fineTune(job(), policy: policy) { _ in } }
    #expect(error?.description.contains(problem) == true, "\(String(describing: error))")
  }
}
