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
