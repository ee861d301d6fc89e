import Core
import Foundation
import Quantization
import Tensors
import Testing

@Suite struct FakeQuantizationTests {
  private static let quantizers = [2, 3, 4, 8, 12, 16].flatMap { bits in
    [LinearQuantizer.Signedness.signed, .unsigned].map { (BitWidth(bits)!, $0) }
  }

  /// Whether two roundings agree: alike, or one step apart where x / scale is a tie but for float rounding.
  private func agree(_ found: Float, _ x: Float, _ quantizer: LinearQuantizer) -> Bool {
    let expected = quantizer(x)
    if abs(found - expected) <= abs(expected) * 1e-6 { return true }
    let quantized = Double(x) / Double(quantizer.scale)
    let fromTie = abs(abs(quantized - quantized.rounded(.down)) - 0.5)
    return fromTie < abs(quantized) * 1e-6 && abs(found - expected) <= quantizer.scale * 1.1
  }

  @Test("thousands of values round as the quantizer does", arguments: quantizers)
  func perTensor(_ width: BitWidth, _ signedness: LinearQuantizer.Signedness) throws {
    let quantizer = LinearQuantizer(clip: 0.77, width: width, signedness: signedness)
    let values = numbers(8192, seed: UInt64(width.bits))
    let found = try Tensor(values, shape: [8192]).fakeQuantized(
      scale: quantizer.scale, quantizedRange: quantizer.quantizedRange
    ).values()
    #expect(zip(found, values).allSatisfy { agree($0, $1, quantizer) })
    // The allowance above is for rare cases, not for most.
    #expect(zip(found, values).count { $0 != quantizer($1) && abs($0 - quantizer($1)) > 1e-6 } < 80)
  }

  @Test("ties go to the even quantized value, exactly")
  func ties() throws {
    // Scale 1/4 is a power of two, so every product and quotient is exact.
    let quantizer = LinearQuantizer(clip: 127 / 4, width: .eight, signedness: .signed)
    #expect(quantizer.scale == 0.25)
    let values = (-2400...2400).map { Float($0) / 64 }
    let found = try Tensor(values, shape: [values.count]).fakeQuantized(
      scale: 0.25, quantizedRange: quantizer.quantizedRange
    )
    .values()
    #expect(found == values.map { quantizer($0) })
    // In steps of 0.25, 0.125 is 0.5, 0.375 is 1.5, -0.625 is -2.5.
    let few = try Tensor([0.125, 0.375, -0.625], shape: [3]).fakeQuantized(
      scale: 0.25, quantizedRange: quantizer.quantizedRange)
    #expect(try few.values() == [0, 0.5, -0.5])
  }

  @Test("infinite values become the outermost points")
  func infinite() throws {
    let found = try Tensor([.infinity, -.infinity, 1e38], shape: [3]).fakeQuantized(
      scale: 0.5, quantizedRange: -7...7)
    #expect(try found.values() == [3.5, -3.5, 3.5])
  }

  @Test(
    "images are rounded in place of each pixel, also in channels-last memory larger than a thread's share")
  func images() throws {
    let quantizer = LinearQuantizer(clip: 1, width: .eight, signedness: .unsigned)
    let values = numbers(3 * 5 * 61 * 67)
    let found = try Tensor(values, shape: [3, 5, 61, 67]).fakeQuantized(
      scale: quantizer.scale, quantizedRange: quantizer.quantizedRange)
    #expect(try zip(found.values(), values).allSatisfy { agree($0, $1, quantizer) })
  }

  @Test(
    "each row of a weight has its own scale",
    arguments: [[7, 1300], [5, 3, 3, 3], [4, 40, 3, 3], [6, 1, 3, 3], [300, 200, 1, 1]])
  func perRow(_ shape: [Int]) throws {
    let values = numbers(shape.reduce(1, *))
    let length = values.count / shape[0]
    let quantizers = (0..<shape[0]).map {
      LinearQuantizer(clip: 0.3 + 0.1 * Float($0), width: BitWidth(4)!, signedness: .signed)
    }
    let found = try Tensor(values, shape: shape)
      .fakeQuantized(rowScales: quantizers.map(\.scale), quantizedRange: quantizers[0].quantizedRange)
      .values()
    #expect(found.count == values.count)
    #expect(values.indices.allSatisfy { agree(found[$0], values[$0], quantizers[$0 / length]) })
  }

  @Test("a vanishing quantizer gives no NaN")
  func vanishing() throws {
    let tiny = Float.leastNonzeroMagnitude
    let quantizer = LinearQuantizer(clip: 700 * tiny, width: .eight, signedness: .signed)
    let found = try Tensor([0, 700 * tiny, -7e5 * tiny, 1], shape: [4]).fakeQuantized(
      scale: quantizer.scale, quantizedRange: quantizer.quantizedRange)
    #expect(try found.values().allSatisfy { abs($0) <= 127 * quantizer.scale })
  }

  @Test("a count of scales that is not the count of rows is an error")
  func wrongRows() throws {
    let weight = try Tensor(numbers(6), shape: [2, 3])
    for count in [0, 1, 3] {
      #expect(throws: TorchError.self) {
        try weight.fakeQuantized(rowScales: Array(repeating: 1, count: count), quantizedRange: -1...1)
      }
    }
  }

  @Test("labels cannot be quantized")
  func labels() throws {
    #expect(throws: TorchError.self) {
      try Tensor(labels: [1, 2]).fakeQuantized(scale: 1, quantizedRange: -1...1)
    }
  }

  /// Gradient of cross entropy for its scores: softmax minus the target, over the number of rows.
  private func scoreGradient(_ scores: [Float], label: Int) -> [Double] {
    let powers = scores.map { exp(Double($0)) }
    let total = powers.reduce(0, +)
    return powers.enumerated().map { $1 / total - ($0 == label ? 1 : 0) }
  }

  @Test("gradients pass where the value is within the range, its ends included, and stop outside")
  func straightThrough() throws {
    // Numbers from -1.5 to 1.5.
    let values: [Float] = [-1.6, -1.5, -1.4, -0.2, 0, 0.3, 1.5, 1.51, 40]
    let x = try Tensor(values, shape: [1, 9])
    let scores = try x.fakeQuantized(scale: 0.5, quantizedRange: -3...3).values()
    let found = try gradients(of: [x]) {
      try x.fakeQuantized(scale: 0.5, quantizedRange: -3...3).crossEntropy(with: Tensor(labels: [4]))
    }
    var expected = scoreGradient(scores, label: 4)
    for index in values.indices where abs(values[index]) > 1.5 { expected[index] = 0 }
    #expect(distance(found[0], expected) < 1e-5)
  }

  @Test("gradients reach the right pixel and the right row when memory is channels-last")
  func straightThroughChannelsLast() throws {
    let values = numbers(2 * 3 * 2 * 2).map { $0 * 2 }
    // One row of logits per image: 12 classes.
    let x = try Tensor(values, shape: [2, 3, 2, 2])
    let scales: [Float] = [0.25, 0.5]
    let quantized = { try x.fakeQuantized(rowScales: scales, quantizedRange: -3...3).flattened() }
    let scores = try quantized().values()
    let found = try gradients(of: [x]) { try quantized().crossEntropy(with: Tensor(labels: [3, 7])) }
    var expected =
      scoreGradient(Array(scores[..<12]), label: 3) + scoreGradient(Array(scores[12...]), label: 7)
    for index in values.indices {
      let edge = 3 * scales[index / 12]
      expected[index] = abs(values[index]) <= edge ? expected[index] / 2 : 0
    }
    #expect(distance(found[0], expected) < 1e-6)
  }

  @Test("a learned clip takes the gradient of every value at or above it, as PACT's equation 3 says")
  func learnedClip() throws {
    // Two bits, clip 1.5: numbers 0, 0.5, 1, 1.5. Of the values, 1.5 and 2 are at or above the clip.
    let values: [Float] = [-0.3, 0.2, 0.8, 1.5, 2]
    let (x, clip) = (try Tensor(values, shape: [1, 5]), try Tensor([1.5], shape: [1]))
    let rounded = { try x.fakeQuantized(clip: clip, quantizedRange: 0...3) }
    #expect(try rounded().values() == [0, 0, 1, 1.5, 1.5])
    let found = try gradients(of: [x, clip]) { try rounded().crossEntropy(with: Tensor(labels: [2])) }
    // exp: 1, 1, e, e^1.5, e^1.5.
    let gradient = scoreGradient([0, 0, 1, 1.5, 1.5], label: 2)
    #expect(distance(found[0], [0, gradient[1], gradient[2], 0, 0]) < 1e-6)
    #expect(distance(found[1], [gradient[3] + gradient[4]]) < 1e-6)
  }

  @Test("a learned clip of signed values takes minus the gradient below its negative")
  func learnedSignedClip() throws {
    let values: [Float] = [-4, -1.5, -0.4, 0, 1.4, 3]
    let (x, clip) = (try Tensor(values, shape: [1, 6]), try Tensor([1.5], shape: [1]))
    let rounded = { try x.fakeQuantized(clip: clip, quantizedRange: -3...3) }
    let found = try gradients(of: [x, clip]) { try rounded().crossEntropy(with: Tensor(labels: [0])) }
    let gradient = scoreGradient([-1.5, -1.5, -0.5, 0, 1.5, 1.5], label: 0)
    #expect(distance(found[0], [0, 0, gradient[2], gradient[3], gradient[4], 0]) < 1e-6)
    #expect(distance(found[1], [gradient[5] - gradient[0] - gradient[1]]) < 1e-6)
  }

  @Test("a clip that training pushed below zero still gives a quantizer")
  func vanishedClip() throws {
    let rounded = try Tensor([-1, 0, 2], shape: [3]).fakeQuantized(
      clip: Tensor([-0.5], shape: [1]), quantizedRange: 0...15)
    #expect(try rounded.values().allSatisfy { $0.isFinite && $0 >= 0 && $0 < 1e-30 })
  }
}
