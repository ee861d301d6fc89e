import Tensors
import Testing

@Suite struct ConvolutionTests {
  static let shapes = [
    // The 1x1 path by matrix product, and those next to it that must not take it.
    PlainConvolution(image: [2, 3, 4, 5], outputs: 4, kernel: 1),
    PlainConvolution(image: [1, 1, 1, 1], outputs: 1, kernel: 1),
    PlainConvolution(image: [2, 3, 4, 5], outputs: 4, kernel: 1, stride: 2),
    PlainConvolution(image: [2, 3, 4, 5], outputs: 4, kernel: 1, padding: 1),
    PlainConvolution(image: [2, 4, 4, 5], outputs: 6, kernel: 1, groups: 2),
    // Dense and depthwise.
    PlainConvolution(image: [2, 3, 6, 5], outputs: 4, kernel: 3, padding: 1),
    PlainConvolution(image: [2, 3, 7, 7], outputs: 2, kernel: 3, stride: 2, padding: 1),
    PlainConvolution(image: [1, 2, 6, 6], outputs: 3, kernel: 5, padding: 2),
    PlainConvolution(image: [2, 4, 6, 5], outputs: 4, kernel: 3, padding: 1, groups: 4),
    PlainConvolution(image: [2, 4, 7, 6], outputs: 4, kernel: 3, stride: 2, padding: 1, groups: 4),
  ]

  private struct Problem {
    var plain: PlainConvolution
    var x: [Float]
    var weight: [Float]
    var bias: [Float]

    init(_ plain: PlainConvolution) {
      self.plain = plain
      x = numbers(plain.image.reduce(1, *), seed: 1)
      weight = numbers(plain.weightShape.reduce(1, *), seed: 2)
      bias = numbers(plain.outputs, seed: 3)
    }

    func tensors() throws -> [Tensor] {
      [
        try Tensor(x, shape: plain.image), try Tensor(weight, shape: plain.weightShape),
        try Tensor(bias, shape: [plain.outputs]),
      ]
    }

    func convolved(_ tensors: [Tensor], withBias: Bool = true) throws -> Tensor {
      try tensors[0].convolved(
        with: tensors[1], bias: withBias ? tensors[2] : nil, stride: plain.stride, padding: plain.padding,
        groups: plain.groups)
    }
  }

  @Test("every kind of convolution is its definition, with and without a bias", arguments: shapes)
  func values(_ plain: PlainConvolution) throws {
    let problem = Problem(plain)
    let (x, weight) = (problem.x.map(Double.init), problem.weight.map(Double.init))
    let tensors = try problem.tensors()
    let with = plain(x, weight, problem.bias.map(Double.init))
    #expect(try distance(problem.convolved(tensors).values(), with) < 1e-5)
    let without = plain(x, weight, Array(repeating: 0, count: plain.outputs))
    #expect(try distance(problem.convolved(tensors, withBias: false).values(), without) < 1e-5)
  }

  @Test("gradients of input, weight and bias are those of finite differences", arguments: shapes)
  func gradients(_ plain: PlainConvolution) throws {
    let problem = Problem(plain)
    let tensors = try problem.tensors()
    let classes = plain.outputShape[1...].reduce(1, *)
    let labels = (0..<plain.image[0]).map { ($0 + 1) % classes }
    let found = try TensorsTests.gradients(of: tensors) {
      try problem.convolved(tensors).flattened()
        .crossEntropy(with: Tensor(labels: labels.map(Int64.init)))
    }
    let (x, weight) = (problem.x.map(Double.init), problem.weight.map(Double.init))
    let bias = problem.bias.map(Double.init)
    let loss = { plainCrossEntropy(plain($0, $1, $2), labels: labels) }
    #expect(distance(found[0], slopes(at: x) { loss($0, weight, bias) }) < 1e-5)
    #expect(distance(found[1], slopes(at: weight) { loss(x, $0, bias) }) < 1e-5)
    #expect(distance(found[2], slopes(at: bias) { loss(x, weight, $0) }) < 1e-5)
  }

  @Test(
    "what follows a convolution is the same at once, in passes of its own and with gradients",
    arguments: shapes)
  func finish(_ plain: PlainConvolution) throws {
    let tensors = try Problem(plain).tensors()
    func convolved(_ finish: Finish) throws -> Tensor {
      try tensors[0].convolved(
        with: tensors[1], bias: tensors[2], stride: plain.stride, padding: plain.padding,
        groups: plain.groups, finish: finish)
    }
    let rounding = Finish.Rounding(scale: 0.125, quantizedRange: -3...3)
    let ways = [
      Finish(clamp: 0...(.infinity)), Finish(clamp: -0.5...0.25), Finish(rounding: rounding),
      Finish(clamp: 0...0.3, rounding: rounding),
    ]
    let raw = try convolved(.none).values()
    let apart = ways.map { finish in raw.map { Self.finished($0, finish) } }
    for (finish, expected) in zip(ways, apart) {
      #expect(try convolved(finish).values() == expected)
    }
    // The same layers while gradients are recorded, whose sums may be taken in another order.
    try tensors[1].requireGradient()
    for (finish, expected) in zip(ways, apart) where finish.rounding == nil {
      #expect(distance(try convolved(finish).values(), expected.map(Double.init)) < 1e-5)
    }
  }

  /// By the definitions of a clamp and of rounding to multiples of 1/8, of which floats have the exact reciprocal.
  private static func finished(_ value: Float, _ finish: Finish) -> Float {
    var value = value
    if let clamp = finish.clamp { value = min(max(value, clamp.lowerBound), clamp.upperBound) }
    guard let rounding = finish.rounding else { return value }
    let integer = (value / rounding.scale).rounded(.toNearestOrEven)
    let range = rounding.quantizedRange
    return min(max(integer, range.lowerBound), range.upperBound) * rounding.scale
  }

  @Test("a 1x1 convolution of values that are not stored channels-last is the same")
  func afterPooling() throws {
    // A mean has extent 1 x 1, for which both layouts are one; a sum of two products is not.
    let problem = Problem(Self.shapes[0])
    let tensors = try problem.tensors()
    let sum = try problem.convolved(tensors).adding(problem.convolved(tensors))
    let weight = numbers(8, seed: 9)
    let found = try sum.convolved(
      with: Tensor(weight, shape: [2, 4, 1, 1]), bias: nil, stride: 1, padding: 0, groups: 1)
    let first = Self.shapes[0](
      problem.x.map(Double.init), problem.weight.map(Double.init), problem.bias.map(Double.init))
    let second = PlainConvolution(image: [2, 4, 4, 5], outputs: 2, kernel: 1)
    let expected = second(first.map { 2 * $0 }, weight.map(Double.init), [0, 0])
    #expect(try distance(found.values(), expected) < 1e-5)
  }

  @Test("shapes that do not fit are an error, not a crash")
  func misfits() throws {
    let image = try Tensor(numbers(24), shape: [1, 2, 3, 4])
    for shape in [[1, 3, 1, 1], [1, 3, 3, 3], [2, 2], [4]] {
      let weight = try Tensor(numbers(shape.reduce(1, *)), shape: shape)
      let error = #expect(throws: TorchError.self) {
        try image.convolved(with: weight, bias: nil, stride: 1, padding: 0, groups: 1)
      }
      #expect(error?.description.hasPrefix("libtorch: ") == true)
    }
    let weight = try Tensor(numbers(6), shape: [3, 2, 1, 1])
    let bias = try Tensor([1, 2], shape: [2])
    #expect(throws: TorchError.self) {
      try image.convolved(with: weight, bias: bias, stride: 1, padding: 0, groups: 1)
    }
    let vector = try Tensor([1, 2], shape: [2])
    #expect(throws: TorchError.self) {
      try vector.convolved(with: weight, bias: nil, stride: 1, padding: 0, groups: 1)
    }
  }
}
