import Core
import Evaluation
import Foundation
import Testing

// One after the other: a program must not inherit the pipes of another that starts at the same time.
@Suite(.serialized) struct EvaluatorProcessTests {
  private let float = EvaluationRequest(policy: nil)

  /// Shell that reads a request, writes it down and answers with `line`.
  private func answer(_ line: String) -> String { "read line; echo \"$line\" >> requests\necho '\(line)'\n" }

  @Test("the first request describes, later ones count up, and answers come back")
  func answers() throws {
    let fake = try FakeEvaluator(
      answer(#"{"id":2,"evaluation":{"accuracy":0.5,"loss":1.5,"samples":7}}"#)
        + answer(#"{"id":3,"evaluation":{"accuracy":0.25,"loss":2,"samples":1}}"#))
    let evaluator = try fake.start()
    #expect(evaluator.description.layers == ["a", "b"])
    #expect(evaluator.description.program == "fake 1")
    #expect(try evaluator.evaluate(float) == EvaluationResult(accuracy: 0.5, loss: 1.5, samples: 7))
    let policy = Policy.uniform(try #require(Precision("W4A6")), layerCount: 2)
    let request = EvaluationRequest(policy: policy, split: .test, samples: 1)
    #expect(try evaluator.evaluate(request) == EvaluationResult(accuracy: 0.25, loss: 2, samples: 1))
    #expect(
      try fake.requests() == [
        #"{"id":1,"method":"describe","parameters":{"protocol":"haq.evaluator/1.5"}}"#,
        #"{"id":2,"method":"evaluate","parameters":{"split":"validation"}}"#,
        #"{"id":3,"method":"evaluate","parameters":{"policy":[{"activation_bits":6,"layer":"a","weight_bits":4},"#
          + #"{"activation_bits":6,"layer":"b","weight_bits":4}],"samples":1,"split":"test"}}"#,
      ])
  }

  @Test("a training run reports each epoch before it is done")
  func training() throws {
    let epoch = #""validation":{"accuracy":0.5,"loss":1,"samples":7}}}"#
    let fake = try FakeEvaluator(
      "read line\n" + "echo '{\"id\":2,\"progress\":{\"epoch\":1,\"epochs\":2,\"training_loss\":3,\(epoch)'\n"
        + "echo '{\"id\":2,\"progress\":{\"epoch\":2,\"epochs\":2,\"training_loss\":2,\(epoch)'\n"
        + #"echo '{"id":2,"done":true}'"#)
    var losses: [Double] = []
    try fake.start().train(TrainingOptions(epochs: 2, seed: 1), output: URL(filePath: "/tmp/x.onnx")) {
      losses.append($0.trainingLoss)
    }
    #expect(losses == [3, 2])
  }

  @Test("a refusal is the evaluator's own sentence, and the next question is answered")
  func refusal() throws {
    let fake = try FakeEvaluator(
      answer(#"{"id":2,"error":{"code":"illegal","message":"not today"}}"#)
        + answer(#"{"id":3,"evaluation":{"accuracy":1,"loss":0,"samples":7}}"#))
    let evaluator = try fake.start()
    let error = try evaluatorError { _ = try evaluator.evaluate(float) }
    #expect(error == .refused(command: "fake --tiny", EvaluatorFailure(.illegal, "not today")))
    #expect(error?.description == "not today")
    #expect(try evaluator.evaluate(float).accuracy == 1)
  }

  @Test("a refusal without a number belongs to the question at hand")
  func refusalWithoutNumber() throws {
    let fake = try FakeEvaluator(answer(#"{"error":{"code":"failed","message":"broken"}}"#))
    let evaluator = try fake.start()
    let error = try evaluatorError { _ = try evaluator.evaluate(float) }
    #expect(error == .refused(command: "fake --tiny", EvaluatorFailure(.failed, "broken")))
  }

  @Test("a death in the middle tells the exit status")
  func death() throws {
    let evaluator = try FakeEvaluator("read line; exit 3").start()
    let error = try evaluatorError { _ = try evaluator.evaluate(float) }
    #expect(error == .died(command: "fake --tiny", how: "exit status 3", lastWords: ""))
    #expect(error?.description == "the evaluator `fake --tiny` ended unasked (exit status 3)")
  }

  @Test("one that cannot work says why itself: as the answer to describe, or before its end")
  func cannotWork() throws {
    let refused = try evaluatorError {
      _ = try FakeEvaluator(first: #"{"id":1,"error":{"code":"illegal","message":"there is no data"}}"#)
        .start()
    }
    #expect(refused?.description == "there is no data")
    let ended = try evaluatorError {
      _ = try EvaluatorProcess(EvaluatorLaunch(shellCommand: "sh -c 'exit 3'"))
    }
    #expect(
      ended?.description
        == "the evaluator `sh -c 'exit 3'` ended before it described itself (exit status 3)")
  }

  @Test("a death by a signal tells the signal")
  func signal() throws {
    let evaluator = try FakeEvaluator("read line; kill -9 $$").start()
    let error = try evaluatorError { _ = try evaluator.evaluate(float) }
    #expect(error == .died(command: "fake --tiny", how: "killed by signal 9", lastWords: ""))
  }

  @Test("an evaluator that closes its output but does not end is ended")
  func closedOutput() throws {
    let evaluator = try FakeEvaluator("read line; exec >&-; exec sleep 600").start()
    let error = try evaluatorError { _ = try evaluator.evaluate(float) }
    #expect(error?.description.contains("closed its output and went on running") == true)
  }

  @Test("half a line before the end is a death, not an answer")
  func halfLine() throws {
    let evaluator = try FakeEvaluator("read line; printf '{\"id\":2,\"done\":true}'; exit 4").start()
    let error = try evaluatorError { _ = try evaluator.evaluate(float) }
    #expect(error == .died(command: "fake --tiny", how: "exit status 4", lastWords: ""))
  }

  @Test("a question to an evaluator that has ended is an error, not the end of this program")
  func writeAfterDeath() throws {
    let fake = try FakeEvaluator("exit 5")
    let evaluator = try fake.start()
    // Whether the write or the read fails first is up to the scheduler.
    for _ in 0..<2 {
      let error = try evaluatorError { _ = try evaluator.evaluate(float) }
      #expect(error == .died(command: "fake --tiny", how: "exit status 5", lastWords: ""))
    }
    withExtendedLifetime(fake) {}
  }

  @Test("a line that is no reply is quoted")
  func garbage() throws {
    let fake = try FakeEvaluator(first: "Loading the model ...")
    let error = try evaluatorError { _ = try fake.start() }
    #expect(error == .notTheProtocol(command: "fake --tiny", line: "Loading the model ..."))
    let evaluator = try FakeEvaluator(answer("50%")).start()
    #expect(
      try evaluatorError { _ = try evaluator.evaluate(float) }?.description
        == "the evaluator `fake --tiny` sent a line that is not part of haq.evaluator/1.5: 50%")
  }

  @Test("a reply to another question, or of another kind, is not taken")
  func wrongReply() throws {
    for line in [
      #"{"id":9,"evaluation":{"accuracy":1,"loss":0,"samples":7}}"#, #"{"id":2,"done":true}"#,
      #"{"id":9,"error":{"code":"failed","message":"m"}}"#,
    ] {
      let evaluator = try FakeEvaluator(answer(line)).start()
      let error = try evaluatorError { _ = try evaluator.evaluate(float) }
      guard case .notTheProtocol = error else {
        Issue.record("\(line) gave \(String(describing: error))")
        continue
      }
    }
  }

  @Test("another major is refused with both versions", arguments: ["haq.evaluator/2.0", "other/1.0"])
  func otherMajor(_ version: String) throws {
    let first = FakeEvaluator.description.replacing("haq.evaluator/1.2", with: version)
    let error = try evaluatorError { _ = try FakeEvaluator(first: first).start() }
    #expect(error == .incompatible(command: "fake --tiny", theirs: version, ours: "haq.evaluator/1.5"))
  }

  @Test("a later minor is understood")
  func laterMinor() throws {
    let first = FakeEvaluator.description.replacing("haq.evaluator/1.2", with: "haq.evaluator/1.9")
    #expect(try FakeEvaluator(first: first).start().description.protocol == "haq.evaluator/1.9")
  }

  @Test("a program that is not there cannot be started")
  func absent() throws {
    let error = try evaluatorError {
      _ = try EvaluatorProcess(executable: URL(filePath: "/nonexistent/evaluator"), arguments: ["-x"])
    }
    #expect(
      error?.description.hasPrefix("the evaluator `evaluator -x` cannot be started: ") == true,
      "\(error as Any)")
  }

  @Test("a reply longer than a pipe's buffer arrives whole")
  func longLine() throws {
    let layers = (0..<20_000).map { "\"layer number \($0)\"" }.joined(separator: ",")
    let first = FakeEvaluator.description.replacing("\"a\",\"b\"", with: layers)
    let evaluator = try FakeEvaluator(first: first).start()
    #expect(evaluator.description.layers.count == 20_000)
    #expect(evaluator.description.layers.last == "layer number 19999")
  }

  @Test("waiting threads do not spin in the evaluator")
  func environment() throws {
    let fake = try FakeEvaluator(
      answer(#"{"id":2,"evaluation":{"accuracy":1,"loss":0,"samples":7}}"#).replacing(
        "echo '", with: "echo \"$OMP_WAIT_POLICY\" >> requests; echo '"))
    _ = try fake.start().evaluate(float)
    let expected = ProcessInfo.processInfo.environment["OMP_WAIT_POLICY"] ?? "passive"
    #expect(try fake.requests().last == expected)
  }
}
