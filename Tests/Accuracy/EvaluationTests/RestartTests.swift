import Core
import Diagnostics
import Evaluation
import Foundation
import Testing

@Suite(.serialized) struct RestartTests {
  private let float = EvaluationRequest(policy: nil)
  private let answer = #"echo '{"id":2,"evaluation":{"accuracy":0.5,"loss":1,"samples":7}}'"#

  private func launch(_ fake: FakeEvaluator) -> EvaluatorLaunch {
    EvaluatorLaunch(executable: fake.folder.appending(path: "fake"), arguments: [])
  }

  @Test("one that crashes is started again and asked again")
  func crash() throws {
    // The first process dies on its second line, the second one answers.
    let fake = try FakeEvaluator("read line; if [ -e once ]; then \(answer); else touch once; exit 9; fi")
    var launch = launch(fake)
    launch.restarts = 1
    #expect(try EvaluatorProcess(launch).evaluate(float).accuracy == 0.5)
  }

  @Test("one that crashes every time is given up with its last words")
  func crashes() throws {
    let fake = try FakeEvaluator("read line; echo 'CUDA out of memory' >&2; exit 9")
    var launch = launch(fake)
    launch.restarts = 2
    launch.log = fake.folder.appending(path: "log")
    let evaluator = try EvaluatorProcess(launch)
    let error = try evaluatorError { _ = try evaluator.evaluate(float) }
    #expect(error?.description.contains("exit status 9") == true)
    #expect(error?.description.contains("CUDA out of memory") == true)
    let log = try String(contentsOf: fake.folder.appending(path: "log"), encoding: .utf8)
    #expect(log.split(separator: "\n").count == 3)
  }

  @Test("one that is silent for too long is ended")
  func silence() throws {
    let fake = try FakeEvaluator("read line; exec sleep 600")
    var launch = launch(fake)
    launch.timeout = .seconds(1)
    let evaluator = try EvaluatorProcess(launch)
    let error = try evaluatorError { _ = try evaluator.evaluate(float) }
    #expect(error == .silent(command: "fake", seconds: 1))
  }

  @Test(
    "neither single bytes nor empty lines prolong the time of a reply",
    arguments: [
      "while sleep 0.1; do printf x; done", "while sleep 0.1; do echo; done",
    ])
  func dripping(body: String) throws {
    let fake = try FakeEvaluator(body)
    var launch = launch(fake)
    launch.timeout = .seconds(1)
    let evaluator = try EvaluatorProcess(launch)
    let policy = Policy.uniform(.eight, layerCount: 2)
    let start = ContinuousClock.now
    let error = try evaluatorError { _ = try evaluator.evaluate(EvaluationRequest(policy: policy)) }
    #expect(ContinuousClock.now - start < .seconds(10))
    switch error {
    case .silent(command: "fake", seconds: 1), .notTheProtocol: break
    default: Issue.record("\(String(describing: error))")
    }
  }

  @Test("a question that is not read is given up, too, though it is longer than a pipe holds")
  func unread() throws {
    let layers = (0..<5000).map { "\"layer number \($0)\"" }.joined(separator: ",")
    let first = FakeEvaluator.description.replacing("\"a\",\"b\"", with: layers)
    let fake = try FakeEvaluator(first: first, "exec sleep 600")
    var launch = launch(fake)
    launch.timeout = .seconds(1)
    let evaluator = try EvaluatorProcess(launch)
    let policy = Policy.uniform(.eight, layerCount: 5000)
    let error = try evaluatorError { _ = try evaluator.evaluate(EvaluationRequest(policy: policy)) }
    #expect(error == .silent(command: "fake", seconds: 1))
  }

  @Test("progress to a question that has none is no answer; endless progress of one epoch is silence")
  func endlessProgress() throws {
    let progress =
      #"{"id":2,"progress":{"epoch":1,"epochs":2,"training_loss":1,"validation":{"accuracy":0.5,"loss":1,"samples":7}}}"#
    let fake = try FakeEvaluator("read line; while sleep 0.1; do echo '\(progress)'; done")
    var launch = launch(fake)
    launch.timeout = .seconds(1)
    let error = try evaluatorError { _ = try EvaluatorProcess(launch).evaluate(float) }
    guard case .notTheProtocol? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    let training = try evaluatorError {
      try EvaluatorProcess(launch).train(
        TrainingOptions(epochs: 2, seed: 1), output: URL(filePath: "/tmp/x.onnx")
      ) { _ in }
    }
    #expect(training == .silent(command: "fake", seconds: 1))
  }

  @Test("a line without an end is given up at 16 MiB, which the page says")
  func endlessLine() throws {
    let fake = try FakeEvaluator("read line; exec head -c 17000000 /dev/zero")
    let error = try evaluatorError { _ = try EvaluatorProcess(launch(fake)).evaluate(float) }
    #expect(error == .lineTooLong(command: "fake"))
    #expect(error?.description.contains("a line of more than 16 MiB") == true)
  }

  @Test("one that is killed while it starts is started again, one that ends by itself is believed")
  func start() throws {
    for death in ["kill -9 $$", "exit 137"] {
      let fake = try killedAtStart(death, times: 2)
      var launch = launch(fake)
      launch.restarts = 2
      let evaluator = try EvaluatorProcess(launch)
      #expect(evaluator.crashCount == 2)
      #expect(try evaluator.evaluate(float).accuracy == 0.5)
    }
    let thrice = try killedAtStart("kill -9 $$", times: 3)
    var launch = launch(thrice)
    launch.restarts = 2
    let error = try evaluatorError { _ = try EvaluatorProcess(launch) }
    #expect(
      error?.description == "the evaluator `fake` failed at its start 3 times (killed by signal 9)")
    let unable = try killedAtStart("exit 3", times: 1)
    launch = self.launch(unable)
    launch.restarts = 2
    let refusal = try evaluatorError { _ = try EvaluatorProcess(launch) }
    #expect(
      refusal?.description == "the evaluator `fake` ended before it described itself (exit status 3)")
  }

  /// Dies so many times before it describes itself, and then answers.
  private func killedAtStart(_ death: String, times: Int) throws -> FakeEvaluator {
    let fake = try FakeEvaluator("read line; \(answer)")
    let script = fake.folder.appending(path: "fake")
    let text = try String(contentsOf: script, encoding: .utf8)
    let count = "echo >> starts; [ $(wc -l < starts) -le \(times) ] && \(death)"
    try Data(text.replacing("read line; echo \"$line\"", with: "\(count)\nread line; echo \"$line\"").utf8)
      .write(to: script)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script.path)
    return fake
  }

  @Test("other names are matched by the shapes of weights, and not without them")
  func names() throws {
    let network = Network(
      name: "n", batch: 1,
      layers: [
        Layer(
          name: "/a/Conv", kind: .convolution, inputChannels: 3, outputChannels: 8, kernel: .init(square: 3))
      ])
    func described(_ shapes: [[Int]]?) -> EvaluatorDescription {
      EvaluatorDescription(
        program: "p", network: "m", layers: ["a"], data: "d", trainingSamples: 1, validationSamples: 1,
        testSamples: 1,
        weightShapes: shapes)
    }
    try described([[8, 3, 3, 3]]).requireLayers(of: network)
    #expect(throws: Diagnostic.self) { try described(nil).requireLayers(of: network) }
    let error = #expect(throws: Diagnostic.self) { try described([[8, 3, 1, 1]]).requireLayers(of: network) }
    #expect(error?.text.contains("[8, 3, 1, 1]") == true)
  }
}
