import Conversations
import Evaluation
import Foundation
import Testing

/// Answers as they are written in studies, reports and messages, also by earlier versions of this program.
@Suite struct EvaluationResultTests {
  private static func figures(latency: Double? = nil) -> EvaluationResult.Figures {
    var figures = EvaluationResult.Figures(accuracy: 0.5, loss: 1.25, samples: 4, divergence: 0.125)
    (figures.top5Accuracy, figures.latency) = (latency.map { _ in 0.75 }, latency)
    return figures
  }

  static let texts: [(EvaluationResult, String)] = [
    (.measured(figures()), #"{"accuracy":0.5,"divergence":0.125,"loss":1.25,"samples":4}"#),
    (
      .stopped(figures(latency: 0.0125)),
      #"{"accuracy":0.5,"below_bar":true,"divergence":0.125,"latency_s":0.0125,"loss":1.25,"samples":4,"#
        + #""top5_accuracy":0.75}"#
    ),
    (.failed("exit status 9"), #"{"accuracy":0,"failure":"exit status 9","loss":0,"samples":0}"#),
  ]

  @Test("a result is one flat object, and back", arguments: texts)
  func text(_ result: EvaluationResult, _ text: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    #expect(String(decoding: try encoder.encode(result), as: UTF8.self) == text)
    #expect(try JSONDecoder().decode(EvaluationResult.self, from: Data(text.utf8)) == result)
  }

  @Test("in a message the names are the same", arguments: texts)
  func message(_ result: EvaluationResult, _ text: String) throws {
    let line = #"{"evaluation":\#(text),"id":3}"#
    #expect(try MessageLine.encode(EvaluatorReply.evaluation(id: 3, result)) == line)
    #expect(try MessageLine.decode(EvaluatorReply.self, from: line) == .evaluation(id: 3, result))
  }

  @Test("a result that says it did not stop was measured")
  func notStopped() throws {
    let text = #"{"accuracy": 1, "loss": 0, "samples": 2, "below_bar": false}"#
    #expect(
      try JSONDecoder().decode(EvaluationResult.self, from: Data(text.utf8))
        == EvaluationResult(accuracy: 1, loss: 0, samples: 2))
  }

  @Test("a failed policy has no figures; whoever needs them gets the reason")
  func failure() {
    #expect(EvaluationResult.failed("exit status 9").figures == nil)
    let error = #expect(throws: UnmeasuredPolicy.self) { try EvaluationResult.failed("exit status 9").get() }
    #expect(error?.reason == "exit status 9")
  }
}
