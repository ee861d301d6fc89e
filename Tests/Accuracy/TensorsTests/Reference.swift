import Foundation
import Tensors

/// Repeatable numbers in -1...1, none of them special.
func numbers(_ count: Int, seed: UInt64 = 1) -> [Float] {
  var state = seed &* 2_862_933_555_777_941_757 &+ 3_037_000_493
  return (0..<count).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(Double(state >> 11) / Double(1 << 52) - 1)
  }
}

/// A convolution as its definition: one loop per index, in double precision.
struct PlainConvolution {
  /// Batch, channels, height, width.
  var image: [Int]
  var outputs: Int
  var kernel: Int
  var stride = 1
  var padding = 0
  var groups = 1

  var weightShape: [Int] { [outputs, image[1] / groups, kernel, kernel] }
  var outputShape: [Int] {
    [image[0], outputs] + image[2...].map { ($0 + 2 * padding - kernel) / stride + 1 }
  }

  func callAsFunction(_ x: [Double], _ weight: [Double], _ bias: [Double]) -> [Double] {
    let (channels, height, width) = (image[1], image[2], image[3])
    let (inputsPerGroup, outputsPerGroup) = (channels / groups, outputs / groups)
    var out: [Double] = []
    for n in 0..<image[0] {
      for o in 0..<outputs {
        for y in 0..<outputShape[2] {
          for z in 0..<outputShape[3] {
            var sum = bias[o]
            for c in 0..<inputsPerGroup {
              for i in 0..<kernel {
                for j in 0..<kernel {
                  let (row, column) = (y * stride - padding + i, z * stride - padding + j)
                  guard (0..<height).contains(row), (0..<width).contains(column) else { continue }
                  let channel = o / outputsPerGroup * inputsPerGroup + c
                  sum +=
                    x[((n * channels + channel) * height + row) * width + column]
                    * weight[((o * inputsPerGroup + c) * kernel + i) * kernel + j]
                }
              }
            }
            out.append(sum)
          }
        }
      }
    }
    return out
  }
}

/// Mean of -log(softmax at the label) over rows of equal length.
func plainCrossEntropy(_ logits: [Double], labels: [Int]) -> Double {
  let classes = logits.count / labels.count
  let losses = labels.enumerated().map { row, label in
    let scores = logits[row * classes..<(row + 1) * classes]
    return log(scores.map { exp($0) }.reduce(0, +)) - scores[row * classes + label]
  }
  return losses.reduce(0, +) / Double(labels.count)
}

/// Central differences of `function` at `point`.
func slopes(at point: [Double], of function: ([Double]) -> Double) -> [Double] {
  point.indices.map { index in
    var (below, above) = (point, point)
    below[index] -= 1e-5
    above[index] += 1e-5
    return (function(above) - function(below)) / 2e-5
  }
}

/// The gradients of `loss` for each tensor, read from one plain step of descent.
func gradients(of tensors: [Tensor], loss: () throws -> Tensor) throws -> [[Float]] {
  let descent = try StochasticGradientDescent([.init(tensors, weightDecay: 0)], momentum: 0)
  let before = try tensors.map { try $0.values() }
  try loss().backward()
  try descent.step(rate: 1)
  return try zip(tensors, before).map { tensor, old in zip(old, try tensor.values()).map { $0 - $1 } }
}

/// The largest difference between two lists of one length; infinite when the lengths differ.
func distance(_ found: [Float], _ expected: [Double]) -> Double {
  guard found.count == expected.count else { return .infinity }
  return zip(found, expected).map { abs(Double($0) - $1) }.max() ?? 0
}
