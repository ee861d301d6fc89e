import Core
import Datasets
import Evaluation
import Networks
import Quantization
import Tensors
import Testing
import Training

/// LSQ: step sizes that are trained with the weights.
@Suite struct LearnedStepsTests {
  private let images = LabelledImages.brightness(count: 60)
  private let policy = Policy.uniform(Precision("W3A3")!, layerCount: 5)

  private func networks() throws -> (scheme: QuantizationScheme, quantized: QuantizedNetwork) {
    let float = try FloatNetwork(Graph.residual.withWeights())
    let calibration = try ActivationCalibration(of: float, on: images)
    let scheme = QuantizationScheme(network: float, calibration: calibration, granularity: .perChannel)
    return (scheme, try QuantizedNetwork(float, scheme: scheme))
  }

  @Test("steps begin as calibrated: a step for each output of the weights, one for the activations")
  func start() throws {
    let (scheme, quantized) = try networks()
    let session = try quantized.beginTraining(policy, clips: .steps)
    #expect(session.clips.map(\.shape) == [[4], [1], [4], [1], [4], [1], [5], [1], [3], [1]])
    let quantizers = try scheme.quantizers(for: policy)
    #expect(try session.quantizers() == quantizers)
    let loss = try Measurement.loss(of: session, on: images)
    #expect(abs(loss - (try quantized.measure(policy, on: images).loss)) < 1e-4 * loss)
    // What is not learned has no regularisation.
    #expect(session.groups(weightDecay: 0.5).map(\.weightDecay) == [0.5, 0, 0])
    #expect(
      try quantized.beginTraining(policy, clips: .learned).groups(weightDecay: 0).map(\.weightDecay)
        == [0, 0, 1e-4])
  }

  @Test("training moves the steps to a lower loss, twice alike, and leaves the network as it was")
  func training() throws {
    let (_, quantized) = try networks()
    let before = try quantized.measure(policy, on: images)
    func tuned(_ clips: ActivationClips?) throws -> EvaluationResult {
      try quantized.measure(
        policy,
        fineTuned: FineTuning(samples: 64 * 40, learningRate: 0.01, seed: 3, activationClips: clips),
        with: images, on: images)
    }
    let after = try tuned(.steps)
    #expect(after.loss < 0.8 * before.loss)
    #expect(try tuned(.steps) == after)
    #expect(try tuned(nil) != after)
    #expect(try quantized.measure(policy, on: images) == before)
  }

  @Test("formats without step sizes have none to learn, and codebooks neither")
  func refusals() throws {
    let (_, quantized) = try networks()
    let floats = Policy.uniform(Precision("W32A32")!, layerCount: 5)
    #expect(throws: QuantizationError.noIntegers) { try quantized.beginTraining(floats, clips: .steps) }
    let half = Policy.uniform(Precision("W4A32")!, layerCount: 5)
    #expect(try quantized.beginTraining(half, clips: .steps).clips.count == 5)
    let codebooks = try CodebookNetwork(
      FloatNetwork(Graph.residual.withWeights()), granularity: .perChannel, start: .linear, seed: 1)
    #expect(throws: QuantizationError.noClips) { try codebooks.beginTraining(half, clips: .steps) }
  }
}

extension Measurement {
  /// The mean loss of a training's network as it now is.
  fileprivate static func loss(of session: TrainingSession, on images: LabelledImages) throws -> Double {
    try session.loss(of: images.batch(at: 0..<images.count), nil).scalar()
  }
}
