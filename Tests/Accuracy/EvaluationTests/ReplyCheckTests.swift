import Core
import Evaluation
import Foundation
import Testing

/// A reply whose figures cannot be is an error that names figure, range and evaluator.
@Suite(.serialized) struct ReplyCheckTests {
  private let policy = Policy.uniform(.eight, layerCount: 2)

  /// What the fake describes: 2 validation and 3 test samples.
  private func error(
    answering figures: String, to request: EvaluationRequest
  ) throws -> EvaluatorError? {
    let fake = try FakeEvaluator("read line; echo '{\"id\":2,\"evaluation\":{\(figures)}}'")
    let evaluator = try fake.start()
    return try evaluatorError { _ = try evaluator.evaluate(request) }
  }

  /// Figures of an answer to a policy on the 7 validation samples, and what is said of them.
  private static let impossible: [(figures: String, problem: String)] = [
    (#""accuracy":92.5,"loss":1,"samples":7"#, "accuracy is 92.5; it must be 0 to 1, a share of the samples"),
    (#""accuracy":1.5,"loss":1,"samples":7"#, "accuracy is 1.5; it must be 0 to 1"),
    (#""accuracy":-0.5,"loss":1,"samples":7"#, "accuracy is -0.5; it must be 0 to 1"),
    (
      #""accuracy":0.5,"loss":-1e300,"samples":7"#,
      "loss is -1e+300; it must be a finite number of at least 0"
    ),
    (#""accuracy":0.5,"loss":1,"samples":0"#, "samples is 0; it must be 1 to"),
    (#""accuracy":0.5,"loss":1,"samples":-1"#, "samples is -1; it must be 1 to"),
    (#""accuracy":0.5,"loss":1,"samples":6"#, "samples is 6; it must be 7, as many as were asked for"),
    (#""accuracy":0.5,"loss":1,"samples":1000000000000"#, "samples is 1000000000000; it must be 7"),
    (#""accuracy":0.5,"loss":1,"samples":7,"divergence":-0.1"#, "divergence is -0.1; it must be a finite"),
    (#""accuracy":0.5,"loss":1,"samples":7,"latency_s":-1e300"#, "latency_s is -1e+300; it must be a finite"),
    (
      #""accuracy":0.5,"loss":1,"samples":7,"top5_accuracy":1.25"#, "top5_accuracy is 1.25; it must be 0 to 1"
    ),
    (
      #""accuracy":0.5,"loss":1,"samples":7,"below_bar":true"#,
      "below_bar is true; it must be absent, since no stop_below was asked for"
    ),
    (#""accuracy":0,"loss":0,"samples":7,"failure":"no idea""#, #"failure is "no idea"; it must be absent"#),
  ]

  @Test("figures that cannot be", arguments: impossible)
  func figures(figures: String, problem: String) throws {
    let error = try error(answering: figures, to: EvaluationRequest(policy: policy))
    guard case .impossible("fake --tiny", let found)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(found.description.hasPrefix(problem), "\(found)")
    let text = try #require(error?.description)
    #expect(text.hasPrefix("the evaluator `fake --tiny` gave an impossible answer"), "\(text)")
    #expect(text.contains(problem) && text.contains("docs/evaluator.md"), "\(text)")
  }

  @Test("an evaluator that stopped measured no more than it was asked to")
  func stopped() throws {
    let request = EvaluationRequest(
      policy: policy, samples: 4, bar: AccuracyBar(accuracy: 0.9, errorRate: 0.1))
    let answer = #""accuracy":0.5,"loss":1,"below_bar":true,"samples":"#
    #expect(try error(answering: answer + "3", to: request) == nil)
    #expect(
      try error(answering: answer + "5", to: request)?.description
        .contains("samples is 5; it must be at most 4, as many as were asked for") == true)
  }

  @Test("numbers that JSON has no finite value for are no reply")
  func infinite() throws {
    let error = try error(
      answering: #""accuracy":0.5,"loss":1e999,"samples":7"#, to: EvaluationRequest(policy: policy))
    guard case .notTheProtocol? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("a divergence that is below zero by rounding alone is zero")
  func rounding() throws {
    let fake = try FakeEvaluator(
      #"read line; echo '{"id":2,"evaluation":{"accuracy":0.5,"loss":0,"samples":7,"divergence":-1e-9}}'"#)
    #expect(try fake.start().evaluate(EvaluationRequest(policy: policy)).figures?.divergence == 0)
  }

  @Test(
    "descriptions of what cannot be searched",
    arguments: [
      ("\"validation_samples\":7", "\"validation_samples\":0", "validation_samples is 0; it must be 1 to"),
      ("\"validation_samples\":7", "\"validation_samples\":-5", "validation_samples is -5; it must be 1 to"),
      ("\"test_samples\":3", "\"test_samples\":0", "test_samples is 0; it must be 1 to"),
      (
        "\"test_samples\":3", "\"test_samples\":9223372036854775807",
        "test_samples is 9223372036854775807; it must be"
      ),
      ("\"training_samples\":1", "\"training_samples\":-1", "training_samples is -1; it must be 0 to"),
      ("\"layers\":[\"a\",\"b\"]", "\"layers\":[]", "layers is empty; it must be the names"),
      (
        "\"data\":\"none\"", "\"data\":\"none\",\"weight_shapes\":[[8,1]]",
        "weight_shapes is 1 shapes; it must be 2, one for each layer"
      ),
      (
        "\"data\":\"none\"", "\"data\":\"none\",\"weight_shapes\":[[8,1],[8,0]]",
        "weight_shapes is [8, 0]; it must be numbers of at least 1"
      ),
      (
        "\"data\":\"none\"", "\"data\":\"none\",\"weight_bits\":[]",
        "weight_bits is empty; it must be absent, or widths of 1 to 32 bits"
      ),
    ])
  func descriptions(part: String, other: String, problem: String) throws {
    try #require(FakeEvaluator.description.contains(part))
    let first = FakeEvaluator.description.replacing(part, with: other)
    let error = try evaluatorError { _ = try FakeEvaluator(first: first).start() }
    #expect(error?.description.contains(problem) == true, "\(String(describing: error))")
  }

  @Test(
    "progress of other epochs, or with figures that cannot be",
    arguments: [
      (3, 2, "1", "0.5", 7, "epoch is 3; it must be 1 to 2"),
      (0, 2, "1", "0.5", 7, "epoch is 0; it must be 1 to 2"),
      (1, 9, "1", "0.5", 7, "epochs is 9; it must be 2, as many as were asked for"),
      (1, 2, "-1", "0.5", 7, "training_loss is -1.0; it must be a finite number"),
      (1, 2, "1", "50", 7, "accuracy is 50.0; it must be 0 to 1"),
      (1, 2, "1", "0.5", 6, "samples is 6; it must be 7, the whole validation split"),
    ])
  func progress(
    epoch: Int, epochs: Int, loss: String, accuracy: String, samples: Int, problem: String
  ) throws {
    let line =
      "{\"id\":2,\"progress\":{\"epoch\":\(epoch),\"epochs\":\(epochs),\"training_loss\":\(loss),"
      + "\"validation\":{\"accuracy\":\(accuracy),\"loss\":1,\"samples\":\(samples)}}}"
    let fake = try FakeEvaluator("read line; echo '\(line)'; read line")
    let evaluator = try fake.start()
    let error = try evaluatorError {
      try evaluator.train(TrainingOptions(epochs: 2, seed: 1), output: URL(filePath: "/tmp/x.onnx")) { _ in }
    }
    #expect(error?.description.contains(problem) == true, "\(String(describing: error))")
  }
}
