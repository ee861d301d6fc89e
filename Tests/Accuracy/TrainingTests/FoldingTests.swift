import Datasets
import Networks
import RandomNumbers
import Tensors
import Testing
import Training

@Suite struct FoldingTests {
  /// One 1x1 convolution of one channel to two, then a mean and a classifier of two.
  private static var pointwise: Graph {
    var builder = GraphBuilder(name: "pointwise", inputShape: TensorShape(channels: 1, height: 1, width: 2))
    builder.convolution("conv", outputs: 2)
    builder.relu()
    builder.classifier(classes: 2)
    return builder.build()
  }

  @Test("folded weights and biases are those of the running statistics, by hand")
  func byHand() throws {
    var generator = SeededGenerator(seed: 5)
    let network = try BatchNormalizedNetwork(Self.pointwise, using: &generator)
    // Weights are drawn; with scale 1 and shift 0 the rest follows from them.
    let weight = try network.parameterGroups(weightDecay: 0)[0].tensors[0].values()
    #expect(weight.count == 2)

    // Pixels 0, 1, 2, 5: mean 2, unbiased variance (4 + 1 + 0 + 9) / 3 = 14/3. A channel of weight w
    // has mean 2w and variance 14/3 w^2; the running ones go a tenth of the way from 0 and 1.
    _ = try network.trainingScores(of: Tensor([0, 1, 2, 5], shape: [2, 1, 1, 2]))
    let folded = try network.folded()
    let layer = try #require(folded.weights["conv"])
    for channel in 0..<2 {
      let mean = 0.1 * 2 * weight[channel]
      let variance = 0.9 + 0.1 * (14.0 / 3) * weight[channel] * weight[channel]
      let factor = 1 / (variance + 1e-5).squareRoot()
      #expect(abs(layer.weight[channel] - weight[channel] * factor) < 1e-5)
      #expect(abs(layer.bias[channel] + mean * factor) < 1e-5)
    }
  }

  @Test("the folded network scores as the normalised one does once its statistics are the batch's own")
  func sameScores() throws {
    var generator = SeededGenerator(seed: 6)
    let network = try BatchNormalizedNetwork(.residual, using: &generator)
    let images = LabelledImages.brightness(count: 12)
    let batch = try images.batch(at: 0..<12)
    let tensor = try Tensor(batch.pixels, shape: batch.shape)
    // The running statistics approach those of the one batch: 0.9^200 is below 1e-9. What is left is
    // n / (n - 1) in the variance, with n = 12 * 36 values: 0.12 % of each scale.
    for _ in 0..<200 { _ = try network.trainingScores(of: tensor) }
    let expected = try network.trainingScores(of: tensor).values()
    let found = try FloatNetwork(network.folded()).scores(of: tensor).values()
    let size = try #require(expected.map(abs).max())
    #expect(size > 1e-3)
    #expect(distance(found, expected) < 0.02 * size)
  }

  @Test("the same seed draws the same network, another seed another")
  func seeds() throws {
    func weights(_ seed: UInt64) throws -> [String: LayerWeights] {
      var generator = SeededGenerator(seed: seed)
      return try BatchNormalizedNetwork(.residual, using: &generator).folded().weights
    }
    #expect(try weights(1) == weights(1))
    #expect(try weights(1) != weights(2))
  }

  @Test("initial weights have the deviation of He et al.: sqrt(2 / fan-out)")
  func initialDeviation() throws {
    var builder = GraphBuilder(name: "wide", inputShape: TensorShape(channels: 32, height: 4, width: 4))
    builder.convolution("conv", outputs: 32, kernel: 3)
    builder.classifier(classes: 2)
    var generator = SeededGenerator(seed: 3)
    let network = try BatchNormalizedNetwork(builder.build(), using: &generator)
    let weight = try network.parameterGroups(weightDecay: 0)[0].tensors[0].values()
    // 9216 draws: mean within 4 / 96 deviations, variance within 4 * sqrt(2 / 9216) = 6 %.
    let expected = Float(2) / (32 * 9)
    #expect(abs(weight.reduce(0, +) / 9216) < 4 / 96 * expected.squareRoot())
    #expect(abs(weight.map { $0 * $0 }.reduce(0, +) / 9216 / expected - 1) < 0.06)
  }
}
