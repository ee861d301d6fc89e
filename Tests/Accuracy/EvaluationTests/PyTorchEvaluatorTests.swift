import Core
import Evaluation
import FixtureBuilding
import Foundation
import Testing

/// Sources/Programs/pytorch-evaluator with Debian's python3-torch.
@Suite(.serialized) struct PyTorchEvaluatorTests {
  @Test("passes its own tests")
  func unitTests() throws {
    let run = try CompilerRun(
      "/usr/bin/python3",
      ["-m", "unittest", "discover", "-s", "\(Places.package)/Tests/Programs/pytorch-evaluator"])
    #expect(run.exitCode == 0, "\(run.output)")
    // An empty folder passes, too.
    #expect(run.output.contains("Ran "), "\(run.output)")
    #expect(!run.output.contains("Ran 0 tests"))
  }

  @Test("somebody's PyTorch model answers as haq-evaluator does")
  func example() throws {
    var launch = EvaluatorLaunch(
      shellCommand: "/usr/bin/python3 '\(Places.package)/Sources/Programs/pytorch-evaluator/my_eval.py'")
    launch.log = FileManager.default.temporaryDirectory.appending(path: "pytorch-\(UUID().uuidString).log")
    defer { try? FileManager.default.removeItem(at: launch.log!) }
    let evaluator = try EvaluatorProcess(launch)
    #expect(evaluator.description.layers.count == 6)
    #expect(evaluator.description.weightShapes?.last == [10, 64])
    #expect(try String(contentsOf: launch.log!, encoding: .utf8).contains("trained"))

    func ask(_ bits: String?, tuning: FineTuning? = nil) throws -> EvaluationResult {
      let policy = bits.map { Policy.uniform(Precision($0)!, layerCount: 6) }
      return try evaluator.evaluate(
        EvaluationRequest(policy: policy, fineTuning: tuning, samples: 500, extras: [.top5]))
    }
    let float = try ask(nil)
    let (eight, two) = (try ask("W8A8"), try ask("W2A2"))
    #expect(float.accuracy > 0.5 && float.samples == 500)
    #expect(float.top5Accuracy! >= float.accuracy)
    // 8 bit changes few answers; 2 bit leaves little of a network with depthwise layers.
    #expect(abs(eight.accuracy - float.accuracy) < 0.03)
    #expect(two.accuracy < float.accuracy - 0.1)
    // Training helps, is repeatable, and leaves the model as it was.
    let tuning = FineTuning(samples: 1280, learningRate: 0.01, seed: 3)
    let tuned = try ask("W4A4", tuning: tuning)
    #expect(try tuned == ask("W4A4", tuning: tuning))
    #expect(try tuned.loss < ask("W4A4").loss)
    #expect(try ask(nil) == float)

    let error = try evaluatorError { _ = try ask("W1A8") }
    #expect(error?.description.contains("1-bit weights are not possible") == true)
  }
}
