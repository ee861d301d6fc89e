public import ArgumentParser
import Core
import Diagnostics
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
    let questions: [(String, Policy?)] = [("float", nil)] + (chosen.map { [("policy", $0)] } ?? [])
    var report = EvaluationReport(network: shapes.name, data: process.description.data, split: split)
    for (index, (name, policy)) in questions.enumerated() {
      let tuning =
        policy != nil && finetuneSamples > 0
        ? FineTuning(
          samples: finetuneSamples, learningRate: finetuneRate, seed: seed,
          activationClips: pact ? .learned : nil) : nil
      report.results[name] = try process.evaluate(
        EvaluationRequest(policy: policy, fineTuning: tuning, split: split, samples: samples, extras: [.top5])
      ).get()
      progress.show("measured: \(name)", done: index + 1, of: questions.count)
    }
    progress.clear()
    try format.print(report, text: report.text)
  }
}

extension Split: ExpressibleByArgument {}

/// What `haq evaluate` prints.
private struct EvaluationReport: Encodable {
  var network: String
  var data: String
  var split: Split
  /// `float` and, if one was named, `policy`.
  var results: [String: EvaluationResult.Figures] = [:]

  var text: String {
    var table = TextTable([
      .init("weights"), .init("top-1", .right), .init("top-5", .right), .init("loss", .right),
      .init("divergence", .right), .init("samples", .right),
    ])
    for (title, name) in [("32-bit float", "float"), ("policy", "policy")] {
      guard let result = results[name] else { continue }
      table.add([
        title, Quantity.accuracy(result.accuracy), result.top5Accuracy.map(Quantity.accuracy) ?? "",
        String(format: "%.4f", result.loss), result.divergence.map { String(format: "%.4f", $0) } ?? "",
        "\(result.samples)",
      ])
    }
    let latency = results["policy"]?.latency.map { "Measured latency: \(Quantity.seconds($0))\n" } ?? ""
    return "\(network), \(split.rawValue) split of \(data)\n\n\(table.text)\(latency)"
  }
}
