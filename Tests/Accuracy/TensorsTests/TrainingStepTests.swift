import Foundation
import Tensors
import Testing

@Suite struct TrainingStepTests {
  @Test("two Nesterov steps by hand")
  func nesterov() throws {
    // Scores (x, y) with label 0; the gradient of x is p - 1 with p = 1 / (1 + exp(y - x)).
    let scores = try Tensor([0, 0], shape: [1, 2])
    let descent = try StochasticGradientDescent([.init([scores], weightDecay: 0)], momentum: 0.9)
    func step() throws -> [Float] {
      try scores.crossEntropy(with: Tensor(labels: [0])).backward()
      try descent.step(rate: 0.1)
      return try scores.values()
    }
    // g = -0.5, v = -0.5, x = 0 + 0.1 * (0.5 + 0.9 * 0.5) = 0.095.
    #expect(try distance(step(), [0.095, -0.095]) < 1e-6)
    // p = 1 / (1 + exp(-0.19)) = 0.5473576, g = -0.4526424, v = 0.9 * -0.5 + g = -0.9026424,
    // x = 0.095 + 0.1 * (0.4526424 + 0.9 * 0.9026424) = 0.2215021.
    #expect(try distance(step(), [0.2215021, -0.2215021]) < 1e-6)
  }

  @Test("weight decay adds its share of the value to the gradient")
  func decay() throws {
    // Equal scores: gradients -0.5 and 0.5; with decay 0.1 of value 2: -0.3 and 0.7; rate 1.
    let scores = try Tensor([2, 2], shape: [1, 2])
    let descent = try StochasticGradientDescent([.init([scores], weightDecay: 0.1)], momentum: 0)
    try scores.crossEntropy(with: Tensor(labels: [0])).backward()
    try descent.step(rate: 1)
    #expect(try distance(scores.values(), [2.3, 1.3]) < 1e-6)
  }

  @Test("a step needs a gradient of its own: the last one is forgotten")
  func forgotten() throws {
    let scores = try Tensor([0, 0], shape: [1, 2])
    let descent = try StochasticGradientDescent([.init([scores], weightDecay: 0)], momentum: 0.9)
    try scores.crossEntropy(with: Tensor(labels: [0])).backward()
    try descent.step(rate: 0.1)
    #expect(throws: TorchError.self) { try descent.step(rate: 0.1) }
  }

  @Test("batch normalisation by hand, in values and in running statistics")
  func batchNorm() throws {
    // Channel 0 holds 1 and 3: mean 2, variance 1 (unbiased 2). Channel 1 holds 0 and 8: 4, 16 (32).
    let x = try Tensor([1, 0, 3, 8], shape: [2, 2, 1, 1])
    let runningMean = try Tensor([0, 10], shape: [2])
    let runningVariance = try Tensor([1, 1], shape: [2])
    let y = try x.batchNormalized(
      scale: Tensor([1, 2], shape: [2]), shift: Tensor([0, 5], shape: [2]), runningMean: runningMean,
      runningVariance: runningVariance, momentum: 0.1, epsilon: 1e-5)
    #expect(try distance(y.values(), [-1, 3, 1, 7]) < 1e-4)
    // A tenth of the way from the old to the new; variances unbiased.
    #expect(try distance(runningMean.values(), [0.2, 9.4]) < 1e-5)
    #expect(try distance(runningVariance.values(), [1.1, 4.1]) < 1e-5)
  }

  @Test("nothing is recorded without gradients, and recording resumes where it was on")
  func recording() throws {
    let scores = try Tensor([0, 0], shape: [1, 2])
    try scores.requireGradient()
    let labels = try Tensor(labels: [0])
    let silent = try withoutGradients { try scores.crossEntropy(with: labels) }
    #expect(throws: TorchError.self) { try silent.backward() }
    let nested = try withoutGradients {
      withoutGradients {}
      return try scores.crossEntropy(with: labels)
    }
    #expect(throws: TorchError.self) { try nested.backward() }
    #expect(throws: Never.self) { try scores.crossEntropy(with: labels).backward() }
  }
}
