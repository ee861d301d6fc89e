import Tensors
import Testing

/// Esser et al., "Learned step size quantization", ICLR 2020, equations 1 to 3 and 5, and section 2.2.
@Suite struct LearnedStepTests {
  /// The gradients of values and steps where the gradient of the rounded values is `upstream`.
  private func slopes(
    of x: Tensor, _ step: Tensor, _ range: ClosedRange<Float>, sharing count: Int, upstream: [Float]
  ) throws -> [[Float]] {
    let weights = try Tensor(upstream, shape: [upstream.count, 1])
    return try gradients(of: [x, step]) {
      try x.fakeQuantized(step: step, quantizedRange: range, sharing: count).reshaped(
        to: [1, upstream.count]
      ).matrixProduct(with: weights)
    }
  }

  @Test("values and gradients of a step that all share, by hand")
  func shared() throws {
    // In steps of 1: -1 and 9 are outside of 0 to 3, 0.6 is rounded to 1, 2.4 to 2.
    let (x, step) = (try Tensor([-1, 0.6, 2.4, 9], shape: [1, 4]), try Tensor([1], shape: [1]))
    #expect(
      try x.fakeQuantized(step: step, quantizedRange: 0...3, sharing: 4).values() == [0, 1, 2, 3])
    let found = try slopes(of: x, step, 0...3, sharing: 4, upstream: [1, 1, 1, 2])
    #expect(distance(found[0], [0, 1, 1, 0]) < 1e-6)
    // 0 + (1 - 0.6) + (2 - 2.4) + 3 x 2, times 1 / sqrt(4 x 3).
    #expect(distance(found[1], [6 / 12.0.squareRoot()]) < 1e-5)
  }

  @Test("a step that is not 1, and negative values, by hand")
  func signed() throws {
    // In steps of 0.5: -9 is -18, 0.4 is 0.8, -0.6 is -1.2.
    let (x, step) = (try Tensor([-9, 0.4, -0.6], shape: [1, 3]), try Tensor([0.5], shape: [1]))
    #expect(
      try x.fakeQuantized(step: step, quantizedRange: -3...3, sharing: 3).values() == [-1.5, 0.5, -0.5])
    let found = try slopes(of: x, step, -3...3, sharing: 3, upstream: [2, 3, 5])
    #expect(distance(found[0], [0, 3, 5]) < 1e-6)
    // 2 x -3 + 3 x (1 - 0.8) + 5 x (-1 + 1.2), times 1 / sqrt(3 x 3).
    #expect(distance(found[1], [(-6 + 0.6 + 1) / 3]) < 1e-5)
  }

  @Test("each row has a step of its own, and the gradient of its own values, in channels-last memory too")
  func rows() throws {
    // Two outputs of one 2 x 2 kernel of two channels each.
    let values = numbers(16, seed: 5).map { $0 * 4 }
    let upstream = numbers(16, seed: 6)
    let steps: [Float] = [0.5, 0.75]
    let (x, step) = (try Tensor(values, shape: [2, 2, 2, 2]), try Tensor(steps, shape: [2]))
    let found = try slopes(of: x, step, -3...3, sharing: 8, upstream: upstream)
    var expected = [0.0, 0.0]
    var passed = [Double](repeating: 0, count: 16)
    for (index, value) in values.enumerated() {
      let ratio = Double(value) / Double(steps[index / 8])
      let slope =
        ratio <= -3 ? -3 : ratio >= 3 ? 3 : ratio.rounded(.toNearestOrEven) - ratio
      expected[index / 8] += Double(upstream[index]) * slope / 24.0.squareRoot()
      if abs(ratio) < 3 { passed[index] = Double(upstream[index]) }
    }
    #expect(distance(found[0], passed) < 1e-6)
    #expect(distance(found[1], expected) < 1e-5)
  }

  @Test("a step that training pushed below zero still gives numbers; steps of other rows are an error")
  func refusals() throws {
    let x = try Tensor([-1, 0, 2], shape: [3, 1])
    let rounded = try x.fakeQuantized(step: Tensor([-0.5], shape: [1]), quantizedRange: 0...15, sharing: 1)
    #expect(try rounded.values().allSatisfy { $0.isFinite && $0 >= 0 && $0 < 1e-30 })
    #expect(throws: TorchError.self) {
      try x.fakeQuantized(step: Tensor([1, 1], shape: [2]), quantizedRange: 0...15, sharing: 1)
    }
  }
}
