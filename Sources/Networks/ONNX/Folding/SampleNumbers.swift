import Networks

/// Integers or truth values that are known for every sample of a batch while a file is read, such as a mask that is
/// repeated for each sample, or positions in memory that begin anew at each.
///
/// For sample n they are `start + n * step`.
struct SampleNumbers {
  /// With extent 1 along `axis`, where the result has the batch.
  var start: FoldedTensor
  /// Of the extents of `start`.
  var step: FoldedTensor
  var axis: Int

  /// The same numbers for each sample.
  init(repeating start: FoldedTensor, along axis: Int) throws {
    self.start = start
    step = try FoldedTensor(
      type: start.type, extents: start.extents,
      integers: [Dimension](repeating: Dimension(0), count: start.elements.count), in: start.budget)
    self.axis = axis
  }

  var shape: TensorShape {
    var shape = TensorShape.constant(start.extents)
    shape.dimensions[axis] = .batch
    return shape
  }

  /// Whether the samples have other numbers than each other.
  var differ: Bool { step.integers?.contains { $0.factor != 0 } ?? false }

  /// The numbers of a batch of samples.
  func at(batch: Int) throws -> FoldedTensor? {
    let samples = try (0..<batch).map { sample -> FoldedTensor? in
      guard differ else { return start }
      let factor = try FoldedTensor(extents: [], integers: [Dimension(sample)], in: start.budget)
      return try step.applying(.multiply, factor).flatMap { try start.applying(.add, $0) }
    }
    let known = samples.compactMap { $0 }
    return known.count == batch ? try .concatenated(known, axis: axis) : nil
  }
}

extension SampleNumbers {
  /// What an operator makes of numbers that depend on the batch.
  enum Result {
    case integers(SampleNumbers)
    /// The same floats for each sample, with extent 1 along the axis that has the batch.
    case floats(FoldedTensor, axis: Int)
    case constant(FoldedTensor)
    /// Integers that no line describes.
    case shape(TensorShape)
  }

  /// Batches that stand for all; a number that is linear in the sample is the same line in each of them.
  private static let batches = [1, 2, 5]

  /// Operators whose results are linear in what they read, or that only move it.
  private static let linear: Set<String> = [
    "Add", "Sub", "Mul", "Neg", "Cast", "Concat", "CumSum", "Expand", "Gather", "Range", "Reshape", "Slice",
    "Squeeze",
    "Transpose", "Unsqueeze",
  ]
  /// Operators of elements alone, whose results have the shape of their operands side by side.
  private static let broadcasting: Set<String> = ["Max", "Min"]

  /// The result of an operator whose inputs all are known for every batch; nil when it is not of that kind.
  ///
  /// It is computed for a few batches. Other operators than linear ones take only what is the same for each sample,
  /// since one could tell samples or batches apart that none of those few has.
  static func result(
    of node: ONNXNode, _ fold: ONNXOperator.Folding, on inputs: [Operand?]
  ) throws -> Result? {
    let isLine = linear.contains(node.kind) || inputs.allSatisfy { $0?.isAlike ?? true }
    guard isLine || broadcasting.contains(node.kind) else { return nil }
    var results: [FoldedTensor] = []
    for batch in batches {
      let there = try inputs.map { try $0?.at(batch: batch) }
      let isWhole = zip(inputs, there).allSatisfy { ($0 != nil) == ($1 != nil) }
      guard isWhole, let result = try fold(node, there) else { return nil }
      results.append(result)
    }
    return isLine ? try of(results) : shape(of: results).map { .shape($0.shape) }
  }

  /// The shape at every batch, and the axis that has the batch.
  private static func shape(of results: [FoldedTensor]) -> (shape: TensorShape, axis: Int?)? {
    let first = results[0]
    guard results.allSatisfy({ $0.extents.count == first.extents.count }) else { return nil }
    let axes = first.extents.indices.filter { axis in
      results.contains { $0.extents[axis] != first.extents[axis] }
    }
    var shape = TensorShape.constant(first.extents)
    guard let axis = axes.first else { return (shape, nil) }
    guard axes.count == 1, results.map({ $0.extents[axis] }) == batches else { return nil }
    shape.dimensions[axis] = .batch
    return (shape, axis)
  }

  private static func of(_ results: [FoldedTensor]) throws -> Result? {
    let first = results[0]
    guard let (_, batchAxis) = shape(of: results) else { return nil }
    guard let axis = batchAxis else {
      return results.allSatisfy { $0.elements == first.elements } ? .constant(first) : nil
    }
    guard first.floats == nil else {
      let isAlike = try results.allSatisfy { result in
        try (0..<result.extents[axis]).allSatisfy {
          try result.sample($0, along: axis).elements == first.elements
        }
      }
      return isAlike ? .floats(first, axis: axis) : nil
    }
    guard let step = try results[1].sample(1, along: axis).applying(.subtract, first) else { return nil }
    var numbers = try SampleNumbers(repeating: first, along: axis)
    numbers.step = step
    numbers.step.type = .signed64
    for (batch, result) in zip(batches, results)
    where try numbers.at(batch: batch)?.elements != result.elements {
      return nil
    }
    return .integers(numbers)
  }

  /// What an operator reads.
  enum Operand {
    case constant(FoldedTensor)
    case samples(SampleNumbers)

    /// Whether no sample and no batch has other numbers.
    var isAlike: Bool {
      switch self {
      case .constant(let tensor): tensor.integers?.allSatisfy { !$0.isPerSample } ?? true
      case .samples(let numbers): !numbers.differ
      }
    }

    func at(batch: Int) throws -> FoldedTensor? {
      switch self {
      case .constant(let tensor):
        tensor.integers == nil ? tensor : try tensor.mapIntegers { Dimension($0.at(batch: batch)) }
      case .samples(let numbers): try numbers.at(batch: batch)
      }
    }
  }
}

extension FoldedTensor {
  /// One position along an axis, which stays with extent 1.
  fileprivate func sample(_ position: Int, along axis: Int) throws -> FoldedTensor {
    try selected(axis: axis, indices: [position], extents: [1])
  }
}
