import Foundation
import Tensors
import Testing

@Suite struct OperationTests {
  @Test("values come back row-major, whatever the layout inside")
  func rowMajor() throws {
    let values = numbers(2 * 3 * 4 * 5)
    let tensor = try Tensor(values, shape: [2, 3, 4, 5])
    #expect(try tensor.values() == values)
    #expect(try tensor.flattened().values() == values)
  }

  @Test("a product is rows times rows, plus the bias")
  func linear() throws {
    // (1 2) and (3 4) times (5 6), (7 8), (9 10), plus (0.5, 0, -1).
    let x = try Tensor([1, 2, 3, 4], shape: [2, 2])
    let weight = try Tensor([5, 6, 7, 8, 9, 10], shape: [3, 2])
    let bias = try Tensor([0.5, 0, -1], shape: [3])
    #expect(try x.multiplied(by: weight, bias: bias).values() == [17.5, 23, 28, 39.5, 53, 66])
  }

  @Test("a sum adds place by place and leaves its operands alone")
  func sum() throws {
    let x = try Tensor([1, 2, 3, 4], shape: [1, 1, 2, 2])
    let y = try Tensor([10, 20, 30, 40], shape: [1, 1, 2, 2])
    #expect(try x.adding(y).values() == [11, 22, 33, 44])
    #expect(try x.values() == [1, 2, 3, 4])
    #expect(try y.values() == [10, 20, 30, 40])
  }

  @Test("the largest of each window; padding never wins")
  func maxPool() throws {
    let x = try Tensor([-1, -2, -3, -4, -5, -6, -7, -8, -9], shape: [1, 1, 3, 3])
    #expect(try x.maxPooled(kernel: 2, stride: 1, padding: 0).values() == [-1, -2, -4, -5])
    // Windows of 3x3 around the four corners.
    #expect(try x.maxPooled(kernel: 3, stride: 2, padding: 1).values() == [-1, -2, -4, -5])
  }

  @Test("the mean over each channel's pixels")
  func meanPool() throws {
    let x = try Tensor([1, 2, 3, 6, 10, 20, 30, 40], shape: [1, 2, 2, 2])
    #expect(try x.meanPooled().values() == [3, 25])
  }

  @Test("a clamp out of place leaves its operand alone")
  func clamp() throws {
    let x = try Tensor([-1, 0, 0.5, 6, 7], shape: [5])
    #expect(try x.clamped(from: 0, to: 6).values() == [0, 0, 0.5, 6, 6])
    #expect(try x.clamped(from: 0, to: .infinity).values() == [0, 0, 0.5, 6, 7])
    #expect(try x.clamped(from: -0.5, to: 0.25).values() == [-0.5, 0, 0.25, 0.25, 0.25])
    #expect(try x.values() == [-1, 0, 0.5, 6, 7])
  }

  @Test("a clamp in place gives the same and overwrites", arguments: [6, Float.infinity])
  func clampInPlace(_ highest: Float) throws {
    let x = try Tensor([-1, 0, 0.5, 6, 7], shape: [5])
    let expected: [Float] = [0, 0, 0.5, 6, min(7, highest)]
    #expect(try x.clamped(from: 0, to: highest, overwriting: true).values() == expected)
    #expect(try x.values() == expected)
  }

  @Test("a copy has memory of its own")
  func copy() throws {
    let x = try Tensor([-1, 2], shape: [2])
    let copy = try x.copy()
    _ = try x.clamped(from: 0, to: 1, overwriting: true)
    #expect(try copy.values() == [-1, 2])
  }

  @Test("the range is the smallest and the largest value")
  func range() throws {
    #expect(try Tensor([3, -2, 7, 0], shape: [4]).range() == -2...7)
    #expect(try Tensor([5], shape: [1]).range() == 5...5)
  }

  @Test("a range of what is not a number, or of nothing, is an error")
  func noRange() throws {
    #expect(throws: TorchError.self) { try Tensor([1, .nan], shape: [2]).range() }
    #expect(throws: TorchError.self) { try Tensor([], shape: [0]).range() }
  }

  @Test("cross entropy is the mean surprise at the labels")
  func crossEntropy() throws {
    // Softmax of (0, ln 3) is (1/4, 3/4).
    let logits = try Tensor([0, log(3), 0, log(3)], shape: [2, 2])
    let loss = try logits.crossEntropy(with: Tensor(labels: [1, 0])).scalar()
    #expect(abs(loss - (log(4.0 / 3) + log(4)) / 2) < 1e-6)
  }

  @Test("label smoothing spreads its share over all classes")
  func smoothing() throws {
    // Targets 0.1 and 0.9: half of 0.2 for each class, the rest for the label.
    let logits = try Tensor([0, log(3)], shape: [1, 2])
    let loss = try logits.crossEntropy(with: Tensor(labels: [1]), labelSmoothing: 0.2).scalar()
    #expect(abs(loss - (0.9 * log(4.0 / 3) + 0.1 * log(4))) < 1e-6)
  }

  @Test("rows whose largest score is at the label are the right ones")
  func correct() throws {
    let logits = try Tensor([0, 1, 2, 5, 4, 3, 0, 9, 1], shape: [3, 3])
    #expect(try logits.areCorrect(against: Tensor(labels: [2, 0, 2])) == [true, true, false])
  }

  @Test("shapes and labels that do not fit are errors, not crashes")
  func misfits() throws {
    let three = try Tensor([1, 2, 3], shape: [3])
    let pair = try Tensor([1, 2], shape: [1, 2])
    #expect(throws: TorchError.self) { try three.adding(Tensor([1, 2], shape: [2])) }
    #expect(throws: TorchError.self) {
      try pair.multiplied(by: Tensor([1, 2, 3], shape: [1, 3]), bias: three)
    }
    #expect(throws: TorchError.self) { try pair.meanPooled() }
    #expect(throws: TorchError.self) { try pair.maxPooled(kernel: 2, stride: 2, padding: 0) }
    #expect(throws: TorchError.self) { try pair.crossEntropy(with: Tensor(labels: [2])).scalar() }
    #expect(throws: TorchError.self) { try pair.crossEntropy(with: Tensor(labels: [0, 1])) }
    #expect(throws: TorchError.self) { try Tensor(labels: [1]).requireGradient() }
    #expect(throws: TorchError.self) { try pair.backward() }
  }
}
