public import ArgumentParser
import Core
import Diagnostics
import Documents
public import Evaluation
import EvaluatorArguments
import Foundation
import Rendering

/// `haq evaluate`: the accuracy of one policy, beside that of the float network.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measures the accuracy of a network, in floats and under a policy.",
    discussion: """
      Without --policy and --bits, the float network alone is measured.

      Examples:
        haq evaluate fashion-mobilenet-v2 --policy run/policy.json
        haq evaluate net.onnx --bits W4A6 --data images/ --split validation --samples 2000
        haq evaluate net.onnx --policy p.json --evaluator "python3 my_eval.py"
      """)

  @OptionGroup var network: NetworkArgument
  @OptionGroup var size: InputSizeOption
  @OptionGroup var policy: PolicyOption
  @OptionGroup var evaluator: EvaluatorOption

  @Option(help: "The samples to measure on: validation or test.")
  var split = Split.test

  @Option(help: "Only the first so many samples of the split. (default: all)")
  var samples: Int?

  @Option(help: "Training samples that fine-tune the policy before it is measured.")
  var finetuneSamples = 0

  @Option(help: "Peak learning rate of that fine-tuning.")
  var finetuneRate = 0.003

  @Flag(help: "Learn the clips of activations in that fine-tuning (PACT).")
  var pact = false

  @Option(help: "Fixes the order of that fine-tuning.")
  var seed: UInt64 = 1

  @OptionGroup var format: FormatOption

  func validate() throws {
    guard samples.map({ $0 > 0 }) ?? true, finetuneSamples >= 0, finetuneRate > 0, finetuneRate.isFinite
    else {
      throw ValidationError(
        "--samples must be at least 1, --finetune-samples not negative, --finetune-rate above 0.")
    }
    if pact, finetuneSamples == 0 { throw ValidationError("--pact needs --finetune-samples.") }
    if finetuneSamples > 0, policy.policy == nil, policy.bits == nil {
      throw ValidationError(
        "--finetune-samples needs --policy or --bits; the float network is not fine-tuned.")
    }
  }

  func run() throws {
    let shapes = try network.resolve(defaultBatch: 1, inputSize: size.inputSize)
    var evaluator = evaluator
    let chosen = try policy.resolve(for: shapes, settling: &evaluator)
    let process = try evaluator.start(network.network, for: shapes, inputSize: size.inputSize)
    let progress = ProgressLine()
    let count = chosen == nil ? 1 : 2
    var results = EvaluationDocument.Results(float: try process.evaluate(request(nil)).get())
    progress.show("measured: float", done: 1, of: count)
    if let chosen {
      results.policy = try process.evaluate(request(chosen)).get()
      progress.show("measured: policy", done: 2, of: count)
    }
    progress.clear()
    let document = EvaluationDocument(
      network: shapes.name, data: process.description.data, split: split, results: results)
    try format.print(document, text: document.text)
  }

  /// The float network is not fine-tuned.
  private func request(_ policy: Policy?) -> EvaluationRequest {
    let tuning =
      policy != nil && finetuneSamples > 0
      ? FineTuning(
        samples: finetuneSamples, learningRate: finetuneRate, seed: seed,
        activationClips: pact ? .learned : nil) : nil
    return EvaluationRequest(
      policy: policy, fineTuning: tuning, split: split, samples: samples, extras: [.top5])
  }
}

extension Split: ExpressibleByArgument {}
