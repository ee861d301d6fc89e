public import Core
import Foundation
import RandomNumbers

/// Random layers of the shapes that convolutional networks and transformers have.
///
/// Sides are those of maps between 224 and 7; channels are spread evenly over the logarithm of 3 to 2,048, most of them
/// multiples of 8. Layers of less than 10^4 or more than 4 x 10^9 multiply-accumulates a sample, or with more than 2^25
/// inputs, outputs or weights, are left out: the first cost what a launch costs, the others more than a budget.
public struct RandomLayers: Sendable {
  private let kinds: [Layer.Kind]
  private var random: RandomSource

  /// The multiply-accumulates of one sample.
  static let work = 10_000...4_000_000_000
  /// The most inputs, outputs or weights.
  static let mostElements = 1 << 25
  /// Inputs of mobile and larger networks, and what strides make of them.
  private static let sides = [
    7, 7, 8, 10, 12, 14, 14, 16, 19, 20, 24, 28, 28, 32, 38, 40, 48, 56, 56, 64, 75, 80, 96, 112, 112, 128,
    150,
    160, 192, 208, 224,
  ]

  /// - Parameter kinds: Those that the target has; nil when it has none that can be drawn.
  public init?(kinds: [Layer.Kind], seed: UInt64) {
    guard !kinds.isEmpty else { return nil }
    // Convolutions are what most networks have most of.
    self.kinds = kinds.flatMap { Array(repeating: $0, count: $0 == .convolution ? 3 : 1) }
    random = RandomSource(seed: seed)
  }

  /// The next layer, without a name.
  public mutating func next() -> Layer {
    while true {
      let layer = candidate()
      let sizes = [layer.inputCount, layer.outputCount, layer.weightCount]
      if Self.work.contains(layer.multiplyAccumulates), sizes.allSatisfy({ $0 <= Self.mostElements }) {
        return layer
      }
    }
  }

  private mutating func candidate() -> Layer {
    switch pick(kinds) {
    case .convolution: convolution()
    case .depthwise: depthwise()
    case .fullyConnected: product(.fullyConnected, rows: random.uniform() < 0.6 ? 1 : rows())
    case .matmul: matrices()
    case .transposedConvolution: transposed()
    }
  }

  private mutating func convolution() -> Layer {
    let kernel = pick([1, 1, 1, 1, 1, 3, 3, 3, 5, 7])
    let groups = kernel > 1 && random.uniform() < 0.08 ? pick([2, 4, 8, 32]) : 1
    let (inputs, outputs) = (channels(), channels())
    // Channels of a group are whole.
    return window(
      .convolution, groups: groups, inputs: (inputs + groups - 1) / groups * groups,
      outputs: (outputs + groups - 1) / groups * groups, kernel: kernel)
  }

  private mutating func depthwise() -> Layer {
    let channels = max(8, channels())
    return window(
      .depthwise, groups: channels, inputs: channels, outputs: channels, kernel: pick([3, 3, 3, 5, 5, 7]))
  }

  private mutating func window(
    _ kind: Layer.Kind, groups: Int, inputs: Int, outputs: Int, kernel: Int
  ) -> Layer {
    let stride = random.uniform() < 0.25 ? 2 : 1
    let dilation = kernel == 3 && stride == 1 && random.uniform() < 0.05 ? 2 : 1
    let side = pick(Self.sides)
    let output = (side + stride - 1) / stride
    return Layer(
      name: "", kind: kind, groups: groups, inputChannels: inputs, outputChannels: outputs,
      input: Extent(square: side), output: Extent(square: output), kernel: Extent(square: kernel),
      stride: Extent(square: stride), dilation: Extent(square: dilation))
  }

  private mutating func product(_ kind: Layer.Kind, rows: Int) -> Layer {
    let extent = Extent(height: rows, width: 1)
    return Layer(
      name: "", kind: kind, inputChannels: 2 * channels(), outputChannels: 2 * channels(), input: extent,
      output: extent)
  }

  /// As in attention: heads of 32 or 64 columns.
  private mutating func matrices() -> Layer {
    let (heads, rows, width) = (pick([1, 3, 4, 6, 8, 12, 16]), rows(), pick([32, 64]))
    let isScores = random.uniform() < 0.5
    let extent = Extent(height: rows, width: 1)
    return Layer(
      name: "", kind: .matmul, groups: heads, inputChannels: heads * (isScores ? width : rows),
      outputChannels: heads * (isScores ? rows : width), input: extent, output: extent)
  }

  private mutating func transposed() -> Layer {
    let side = pick(Self.sides.filter { $0 <= 64 })
    let kernel = pick([2, 4])
    return Layer(
      name: "", kind: .transposedConvolution, inputChannels: channels(), outputChannels: channels(),
      input: Extent(square: side), output: Extent(square: 2 * side), kernel: Extent(square: kernel),
      stride: Extent(square: 2))
  }

  private mutating func rows() -> Int { pick([16, 49, 64, 128, 196, 197, 256, 384, 512]) }

  private mutating func channels() -> Int {
    let value = exp(log(3) + random.uniform() * (log(2048) - log(3)))
    // Few hardware-minded networks have others, besides images.
    guard value >= 8, random.uniform() < 0.9 else { return max(1, Int(value.rounded())) }
    return max(8, Int((value / 8).rounded()) * 8)
  }

  private mutating func pick<Element>(_ choices: [Element]) -> Element {
    choices[random.index(below: choices.count)]
  }
}
