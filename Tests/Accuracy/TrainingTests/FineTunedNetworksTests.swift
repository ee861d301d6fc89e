import Core
import Datasets
import Evaluation
import Networks
import Quantization
import Testing
import Training

@Suite("fine-tuned networks that are kept")
struct FineTunedNetworksTests {
  private let images = LabelledImages.brightness(count: 60)
  private let tuning = FineTuning(samples: 320, learningRate: 0.01, seed: 3)

  private func network() throws -> QuantizedNetwork {
    let float = try FloatNetwork(Graph.residual.withWeights())
    return try QuantizedNetwork(
      float,
      scheme: QuantizationScheme(
        network: float, calibration: try ActivationCalibration(of: float, on: images),
        granularity: .perChannel))
  }

  private func uniform(_ precision: String) throws -> Policy {
    .uniform(try #require(Precision(precision)), layerCount: 5)
  }

  @Test("are trained once, and give on other images what training them again gives")
  func once() throws {
    let (network, other) = (try network(), images[0..<20])
    var (kept, trainings) = (FineTunedNetworks(), 0)
    func session(_ policy: Policy, _ tuning: FineTuning) throws -> TrainingSession {
      try kept.session(policy, tuning) {
        trainings += 1
        return try network.fineTuned(policy, tuning, with: images)
      }
    }
    let policy = try uniform("W4A4")
    let first = try session(policy, tuning).measure(images)
    #expect(try session(policy, tuning).measure(images) == first)
    let again = try network.measure(policy, fineTuned: tuning, with: images, on: other)
    #expect(try session(policy, tuning).measure(other) == again)
    #expect(trainings == 1)
    var reseeded = tuning
    reseeded.seed = 4
    #expect(try session(policy, reseeded).measure(images) != first)
    #expect(try session(uniform("W3A4"), tuning).measure(images) != first)
    #expect(trainings == 3)
  }

  @Test("give way to newer ones when they take too much memory, the one asked for longest ago first")
  func memory() throws {
    let network = try network()
    // 4 x 9 + 4 x 9 + 16 + 20 + 15 weights and 4 + 4 + 4 + 5 + 3 biases, of 4 bytes each.
    let bytes = 4 * (36 + 36 + 16 + 20 + 15 + 20)
    var (kept, trained) = (FineTunedNetworks(mostBytes: 2 * bytes), [String]())
    for precision in ["W8A8", "W4A4", "W8A8", "W3A3", "W8A8", "W4A4"] {
      let policy = try uniform(precision)
      _ = try kept.session(policy, tuning) {
        trained.append(precision)
        return try network.beginTraining(policy, clips: .calibrated)
      }
    }
    #expect(trained == ["W8A8", "W4A4", "W3A3", "W4A4"])
    // One that is too large by itself is kept, too, since it is in use.
    var (small, count) = (FineTunedNetworks(mostBytes: 1), 0)
    for _ in 0..<2 {
      _ = try small.session(uniform("W8A8"), tuning) {
        count += 1
        return try network.beginTraining(uniform("W8A8"), clips: .calibrated)
      }
    }
    #expect(count == 1)
  }
}
