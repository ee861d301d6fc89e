/// The numbers of a classifier of which softmax makes class probabilities: one for each class.
public struct ClassScores: Hashable, Sendable {
  /// The value of the graph that holds them.
  public var value: String
  public var count: Int
  /// What the network itself makes of them before it gives them out; nil where it gives the scores as they are.
  public var finalActivation: FinalActivation?

  public init(value: String, count: Int, finalActivation: FinalActivation? = nil) {
    self.value = value
    self.count = count
    self.finalActivation = finalActivation
  }
}

/// A function that turns class scores into probabilities at the end of a network.
public enum FinalActivation: String, Hashable, Sendable, Codable, CaseIterable {
  case softmax
  case sigmoid
}

extension Graph {
  /// Where the class scores are; nil when the first output is not one number for each class, as a detector's.
  ///
  /// A final softmax or sigmoid is not part of them: losses, divergences and gradients apply softmax themselves. It is
  /// found behind whatever leaves the numbers in their order, such as a reshape, and behind a quantizer of the
  /// probabilities. Throws `GraphError` when the nodes do not fit together.
  public func classScores() throws -> ClassScores? {
    let shapes = try shapes()
    guard let count = shapes[output]!.classCount else { return nil }
    let producers = Dictionary(nodes.map { ($0.output, $0) }) { first, _ in first }
    var value = output
    while let node = producers[value], shapes[node.inputs[0]]!.classCount == count {
      if let found = finalActivation(node, over: count, shapes, producers) {
        return ClassScores(value: found.scores, count: count, finalActivation: found.function)
      }
      guard node.operation.keepsClassOrder else { break }
      value = node.inputs[0]
    }
    return ClassScores(value: output, count: count)
  }

  private func finalActivation(
    _ node: Node, over count: Int, _ shapes: [String: TensorShape], _ producers: [String: Node]
  ) -> (function: FinalActivation, scores: String)? {
    guard count > 1 else { return nil }
    switch node.operation {
    case .softmax(let axis) where shapes[node.inputs[0]]!.dimensions[axis].fixed == count:
      return (.softmax, node.inputs[0])
    case .activation(.sigmoid): return (.sigmoid, node.inputs[0])
    case .arithmetic(.divide):
      // exp(x) / sum(exp(x)), as some exporters write softmax out.
      guard let powers = producers[node.inputs[0]], powers.operation == .activation(.exponential),
        let sum = producers[node.inputs[1]], sum.inputs == [powers.output],
        case .reduce(let reduction) = sum.operation, reduction.kind == .sum,
        shapes[sum.output]!.count == 1
      else { return nil }
      return (.softmax, powers.inputs[0])
    default: return nil
    }
  }
}

extension TensorShape {
  /// How many numbers each sample has, when the batch is first and at most one other extent is not 1.
  fileprivate var classCount: Int? {
    guard let sample, !sample.isEmpty, sample.count(where: { $0 != 1 }) <= 1 else { return nil }
    return sample.reduce(1, *)
  }
}

extension Operation {
  /// Whether the numbers of a sample that has one axis of more than 1 stay in their order.
  ///
  /// - Precondition: the result has as many numbers.
  fileprivate var keepsClassOrder: Bool {
    switch self {
    case .flatten, .reshape, .transpose, .fakeQuantize: true
    case .select(let selection): selection.indices == [0]
    default: false
    }
  }
}
