public import ArgumentParser
import Core
import Diagnostics
import Documents
public import Evaluation
import EvaluatorArguments
import Foundation
import Rendering
import Terminal

/// `haq evaluate`: the accuracy of one policy, beside that of the float network.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measures the accuracy of a network, as the float baseline and under a policy.",
    discussion: """
      Without --policy and --bits, haq measures only the float baseline.

      Examples:
        haq evaluate fashion-mobilenet-v2 --policy run/policy.json
        haq evaluate net.onnx --bits W4A6 --data images/ --split validation --samples 2000
        haq evaluate net.onnx --policy p.json --evaluator "python3 my_eval.py"
      """)

  @OptionGroup var network: NetworkArgument
  @OptionGroup(title: OptionTitle.networkAndTarget) var size: InputSizeOption
  @OptionGroup(title: OptionTitle.networkAndTarget) var policy: PolicyOption
  @OptionGroup var evaluator: EvaluatorOption

  @OptionGroup(title: OptionTitle.method) var measured: MeasuredOptions
  @OptionGroup(title: OptionTitle.fineTuning) var fineTuning: FineTuningOptions
  @OptionGroup(title: OptionTitle.fineTuning) var training: TuningOptions

  @OptionGroup(title: OptionTitle.output) var format: FormatOption

  /// The samples that are measured.
  struct MeasuredOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Split to measure on.", valueName: "split"))
    var split = Split.test

    @Option(
      help: ArgumentHelp(
        "Measure only this many samples, from the start of the split. (default: all)", valueName: "n"))
    var samples: Int?

    func validate() throws {
      if let samples, samples < 1 { throw ValidationError("--samples must be at least 1, not \(samples).") }
    }
  }

  /// What else decides the fine-tuning.
  struct TuningOptions: ParsableArguments {
    @OptionGroup(title: OptionTitle.fineTuning) var ranges: LearnedRangesOption

    @Option(help: ArgumentHelp("Seed of the sample order in fine-tuning.", valueName: "n"))
    var seed: UInt64 = 1
  }

  private var finetuneSamples: Int { fineTuning.finetuneSamples }

  func validate() throws {
    try training.ranges.require(samples: finetuneSamples)
    try fineTuning.loss.require(samples: finetuneSamples)
    if finetuneSamples > 0, policy.policy == nil, policy.bits == nil {
      throw ValidationError(
        "--finetune-samples needs --policy or --bits; the float baseline is not fine-tuned.")
    }
  }

  func run() throws {
    let shapes = try network.resolve(defaultBatch: 1, inputSize: size.inputSize)
    var evaluator = evaluator
    let chosen = try policy.resolve(for: shapes, settling: &evaluator)
    let process = try evaluator.start(network.network, for: shapes, inputSize: size.inputSize)
    let progress = ProgressLine()
    let count = chosen == nil ? 1 : 2
    let float = try process.evaluate(request(nil)).get()
    progress.show("measured: float", done: 1, of: count)
    let quantized = try chosen.map { try process.evaluate(request($0)).get() }
    progress.clear()
    let document = EvaluationDocument(
      network: shapes.name, data: process.description.data, split: measured.split,
      results: .init(float: float, policy: quantized), metric: process.description.metric)
    try format.print(document, text: document.text)
  }

  /// The float network is not fine-tuned.
  private func request(_ policy: Policy?) -> EvaluationRequest {
    EvaluationRequest(
      policy: policy,
      fineTuning: policy.flatMap { _ in
        fineTuning.tuning(seed: training.seed, clips: training.ranges.clips)
      }, split: measured.split, samples: measured.samples, extras: [.top5, .correctSamples])
  }
}

extension Split: ExpressibleByArgument {}
