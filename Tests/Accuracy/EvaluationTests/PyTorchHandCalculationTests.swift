import Core
import Evaluation
import FixtureBuilding
import Foundation
import Networks
import ONNX
import Testing

/// The PyTorch evaluator on models small enough to calculate by hand.
@Suite(.serialized) final class PyTorchHandCalculationTests {
  private let model = HandModel()

  deinit { model.remove() }

  @Test("weights and inputs are rounded to the widths of the policy")
  func widths() throws {
    let evaluator = try model.start(
      "linear([[1.5, 0.6], [0.2, 1.0]])", validation: "[[1.4, 2.6], [3, 0]]", labels: "[0, 0]")
    // Floats: 1.5 * 1.4 + 0.6 * 2.6 = 3.66 against 0.2 * 1.4 + 2.6 = 2.88, and 4.5 against 0.6; both are right.
    let float = try evaluator.evaluate(EvaluationRequest(policy: nil))
    #expect(float.accuracy == 1)
    #expect(abs(float.loss - loss(margins: 3.66 - 2.88, 4.5 - 0.6)) < 1e-5)
    // W2: quantized values -1, 0, 1. Nearest in the square: [1.5, 0] and [0, 1]. A2 on the training inputs 0, 1, 2, 3: quantized values 0 to 3 at scale 1.
    // (1.4, 2.6) becomes (1, 3), with scores 1.5 and 3, which is wrong; (3, 0) has 4.5 and 0.
    let two = try evaluator.evaluate(EvaluationRequest(policy: Policy([Precision("W2A2")!])))
    #expect(two.accuracy == 0.5)
    #expect(abs(two.loss - loss(margins: 1.5 - 3, 4.5)) < 1e-5)
    // A2 alone, W16: (1, 3) has 1.5 + 1.8 = 3.3 and 0.2 + 3 = 3.2; (3, 0) has 4.5 and 0.6.
    let activations = try evaluator.evaluate(EvaluationRequest(policy: Policy([Precision("W16A2")!])))
    #expect(abs(activations.loss - loss(margins: 3.3 - 3.2, 4.5 - 0.6)) < 1e-3)
  }

  /// The mean cross-entropy of two samples whose right scores are so much above the wrong ones.
  private func loss(margins one: Double, _ other: Double) -> Double {
    (log1p(exp(-one)) + log1p(exp(-other))) / 2
  }

  /// Stochastic gradient descent with Nesterov's momentum on the mean cross-entropy, two classes, as PyTorch defines it.
  ///
  /// Every sample is of class 1; half of them are (0, 1), half (2, 3).
  private struct Descent {
    var weights = [[1.5, 0.6], [0.2, -1.0]]
    var momentum = [[0.0, 0.0], [0.0, 0.0]]
    static let inputs = [[0.0, 1.0], [2.0, 3.0]]

    /// How probable class 0 is, for each kind of sample.
    var wrong: [Double] {
      Self.inputs.map { x in
        let scores = weights.map { $0[0] * x[0] + $0[1] * x[1] }
        return 1 / (1 + exp(scores[1] - scores[0]))
      }
    }
    var loss: Double { -wrong.map { log(1 - $0) }.reduce(0, +) / 2 }

    mutating func step(rate: Double) {
      let wrong = wrong
      for (row, sign) in [1.0, -1.0].enumerated() {
        for column in 0..<2 {
          let gradient = sign * (wrong[0] * Self.inputs[0][column] + wrong[1] * Self.inputs[1][column]) / 2
          momentum[row][column] = 0.9 * momentum[row][column] + gradient
          weights[row][column] -= rate * (gradient + 0.9 * momentum[row][column])
        }
      }
    }
  }

  @Test("fine-tuning over epochs descends along the gradient, is resumed, and leaves the model as it was")
  func fineTuning() throws {
    let definition = "linear([[1.5, 0.6], [0.2, -1.0]])"
    let samples = "[[0, 1], [2, 3]]"
    let (checkpoint, output) = (model.path("tuned.checkpoint"), model.path("tuned.onnx"))
    let job = FineTuningJob(
      epochs: 4, batchSize: 28, learningRate: 0.1, schedule: .step, seed: 1, checkpoint: checkpoint,
      output: output)
    // 16 and 8 bits are as good as floats here, and no weight leaves its range.
    let bits = [WireEvaluation.LayerBits(layer: "1", precision: Precision("W16A8")!)]

    let dying = try model.start(definition, validation: samples, labels: "[1, 1]", dieAfter: 2)
    var curve: [TrainingProgress] = []
    #expect(throws: EvaluatorError.self) {
      try dying.fineTune(job, policy: bits) { curve.append($0) }
    }
    #expect(curve.count == 2)
    #expect(!FileManager.default.fileExists(atPath: output))

    let evaluator = try model.start(definition, validation: samples, labels: "[1, 1]")
    let before = try evaluator.evaluate(EvaluationRequest(policy: nil))
    curve = []
    try evaluator.fineTune(job, policy: bits) { curve.append($0) }
    #expect(curve.map(\.epoch) == [1, 2, 3, 4])
    var descent = Descent()
    #expect(abs(before.loss - descent.loss) < 1e-5)
    // One step an epoch; the rate falls to a tenth at a half and again at three quarters.
    for (epoch, rate) in zip(curve, [0.1, 0.1, 0.01, 0.001]) {
      #expect(abs(epoch.trainingLoss - descent.loss) < 1e-3)
      descent.step(rate: rate)
      #expect(abs(epoch.validation.loss - descent.loss) < 1e-3)
      #expect(epoch.validation.accuracy == descent.wrong.map { $0 < 0.5 ? 0.5 : 0 }.reduce(0, +))
    }
    #expect(curve[0].validation.accuracy == 0)
    #expect(try evaluator.evaluate(EvaluationRequest(policy: nil)) == before)

    let tuned = try ONNX.read(output).weights.values.first?.weight ?? []
    #expect(tuned.count == 4)
    for (found, expected) in zip(tuned, descent.weights.joined()) {
      #expect(abs(Double(found) - expected) < 1e-3)
    }
    // The weights of the checkpoint, rounded.
    let numbers = model.path("numbers")
    _ = try evaluator.quantize(QuantizationRequest(policy: bits, checkpoint: checkpoint, output: numbers))
    for (found, expected) in zip(try model.floats(numbers), Array(descent.weights.joined()) + [0, 0]) {
      #expect(abs(Double(found) - expected) < 1e-3)
    }
    // Neither another training nor another policy goes on from it.
    var other = job
    other.learningRate = 0.2
    let coarse = [WireEvaluation.LayerBits(layer: "1", precision: Precision("W4A8")!)]
    for refused in [
      try evaluatorError { try evaluator.fineTune(other, policy: bits) { _ in } },
      try evaluatorError {
        _ = try evaluator.quantize(
          QuantizationRequest(policy: coarse, checkpoint: checkpoint, output: numbers))
      },
    ] {
      #expect(refused?.description.contains("belongs to another network") == true)
    }
  }

  @Test("a learned clip is a clamp in the file of weights, and the end of the quantizer that is handed out")
  func learnedClip() throws {
    let evaluator = try model.start(
      "linear([[1.5, 0.6], [0.2, -1.0]])", validation: "[[0, 1], [2, 3]]", labels: "[1, 1]")
    let (checkpoint, output) = (model.path("learned.checkpoint"), model.path("learned.onnx"))
    var job = FineTuningJob(
      epochs: 2, batchSize: 28, learningRate: 0.1, schedule: .constant, seed: 1, checkpoint: checkpoint,
      output: output)
    job.activationClips = .learned
    let bits = [WireEvaluation.LayerBits(layer: "1", precision: Precision("W16A2")!)]
    try evaluator.fineTune(job, policy: bits) { _ in }
    let clamps = try ONNX.read(output).nodes.compactMap { node -> (Float, Float)? in
      if case .clip(let lowest, let highest) = node.operation { (lowest, highest) } else { nil }
    }
    let (lowest, highest) = try #require(clamps.first)
    // Calibrated on 0 to 3, of which the 3 moved it.
    #expect(clamps.count == 1 && lowest == 0 && highest > 0 && abs(highest - 3) > 0.001)
    let quantizers = try evaluator.quantize(
      QuantizationRequest(policy: bits, checkpoint: checkpoint, output: model.path("numbers"))
    ).layers
    let activation = try #require(quantizers.first?.activation.integers)
    #expect(activation.highest == 3 && abs(activation.scales[0] * 3 - highest) < 1e-5)
  }

  @Test("handed-out weights have the batch normalization behind a layer in them, rounded")
  func folding() throws {
    // Weights 0.5 and 2; factors -3 / sqrt(4) = -1.5 and 0; biases (0 - 1) * -1.5 + 0.5 = 2 and 0.25.
    let evaluator = try model.start(
      "normalized([0.5, 2.0], scale=[-3.0, 0.0], variance=[4.0, 1.0], mean=[1.0, 0.0], shift=[0.5, 0.25])",
      validation: "[[1, 2], [3, 0]]", labels: "[0, 1]")
    let numbers = model.path("numbers")
    let quantizers = try evaluator.quantize(
      QuantizationRequest(
        policy: [.init(layer: "1", precision: Precision("W3A2")!)], output: numbers)
    ).layers
    #expect(quantizers.count == 1 && quantizers[0].layer == "1")
    let weight = try #require(quantizers[0].weight.integers)
    let activation = try #require(quantizers[0].activation.integers)
    #expect(weight.bits.bits == 3 && weight.lowest == -3 && weight.highest == 3 && weight.zeroPoint == 0)
    // One weight a channel is the end of its range, 3 steps: 0.5 / 3 * 1.5, and 2 / 3 where all quantized values are 0.
    #expect(zip(weight.scales, [0.25, 2.0 / 3]).allSatisfy { abs(Double($0) - $1) < 1e-6 })
    #expect(activation.lowest == 0 && activation.highest == 3 && activation.scales == [1])
    #expect(zip(try model.floats(numbers), [-0.75, 0, 2, 0.25]).allSatisfy { abs(Double($0) - $1) < 1e-6 })
    #expect(try model.floats(numbers).count == 4)
  }
}

/// A folder with an evaluator program of a few lines.
private struct HandModel {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "hand-\(UUID().uuidString)")

  func remove() { try? FileManager.default.removeItem(at: folder) }

  func path(_ name: String) -> String { folder.appending(path: name).path }

  /// - Parameter dieAfter: Epochs of `finetune` after which the program is gone, as after a power cut.
  func start(
    _ model: String, validation: String, labels: String, dieAfter: Int? = nil
  ) throws -> EvaluatorProcess {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let program = """
      import os, sys
      sys.path.append("\(Places.package)/Sources/Programs/pytorch-evaluator")
      import torch
      from torch import nn
      from torch.utils.data import DataLoader, TensorDataset
      import haq_evaluator

      def linear(rows):
          layer = nn.Linear(2, 2, bias=False)
          layer.weight.data = torch.tensor(rows)
          return nn.Sequential(nn.Flatten(), layer)

      def normalized(weights, scale, variance, mean, shift):
          layer, norm = nn.Conv2d(1, 2, 1, bias=False), nn.BatchNorm2d(2, eps=0)
          layer.weight.data = torch.tensor(weights).reshape(2, 1, 1, 1)
          norm.weight.data, norm.bias.data = torch.tensor(scale), torch.tensor(shift)
          norm.running_mean.data, norm.running_var.data = torch.tensor(mean), torch.tensor(variance)
          return nn.Sequential(nn.Unflatten(1, (1, 1, 2)), layer, norm, nn.AdaptiveAvgPool2d(1), nn.Flatten())

      def data(rows, labels):
          return TensorDataset(torch.tensor(rows, dtype=torch.float32), torch.tensor(labels))

      model = \(model)
      training = data([[0, 1], [2, 3]] * 14, [1] * 28)
      validation = data(\(validation), \(labels))
      from haq_evaluator.fine_tuning import Training
      original, measured, epochs = os.replace, Training.epoch, 0
      def replace(source, target):
          global epochs
          original(source, target)
          epochs += 1
      os.replace = replace
      def epoch(*arguments):
          if epochs == \(dieAfter ?? -1):
              os._exit(9)
          return measured(*arguments)
      Training.epoch = epoch
      haq_evaluator.serve(
          model, DataLoader(training, batch_size=28), DataLoader(validation, batch_size=2),
          DataLoader(validation, batch_size=2))
      """
    let file = folder.appending(path: "program.py")
    try program.write(to: file, atomically: true, encoding: .utf8)
    return try EvaluatorProcess(EvaluatorLaunch(shellCommand: "/usr/bin/python3 '\(file.path)'"))
  }

  func floats(_ path: String) throws -> [Float] {
    try Data(contentsOf: URL(filePath: path)).withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
  }
}
