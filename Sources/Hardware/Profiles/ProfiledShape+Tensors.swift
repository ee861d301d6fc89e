import Core

extension ProfiledShape {
  /// A convolution from the sides of its tensors.
  ///
  /// - Parameters:
  ///   - weights: Outputs, inputs of a group, and the kernel; for a transposed one inputs, and outputs of a group.
  ///   - axes: Where channels, height and width lie in input and output.
  ///   - isBlocked: Whether channels are rounded up to whole blocks.
  ///
  /// Nil where the tensors do not fit each other so.
  static func window(
    input: [Int], weights: [Int], output: [Int], axes: (channels: Int, height: Int, width: Int),
    isTransposed: Bool, isBlocked: Bool
  ) -> ProfiledShape? {
    let sides = input + weights + output
    guard [input, weights, output].allSatisfy({ $0.count == 4 }), sides.allSatisfy({ $0 > 0 }) else {
      return nil
    }
    var shape = ProfiledShape(kinds: isTransposed ? [.transposedConvolution] : [.convolution, .depthwise])
    let (inputs, outputs) = (input[axes.channels], output[axes.channels])
    let (whole, other, group) = isTransposed ? (inputs, outputs, weights[1]) : (outputs, inputs, weights[1])
    guard weights[0] == whole, other.isMultiple(of: group) || isBlocked else { return nil }
    (shape.inputChannels, shape.outputChannels) = (inputs, outputs)
    shape.groups = isBlocked ? nil : other / group
    if isBlocked { shape.kinds = group == 1 && inputs > 1 ? [.depthwise] : [.convolution] }
    shape.batch = input[0]
    shape.input = Extent(height: input[axes.height], width: input[axes.width])
    shape.output = Extent(height: output[axes.height], width: output[axes.width])
    shape.kernel = Extent(height: weights[2], width: weights[3])
    shape.hasPaddedChannels = isBlocked
    return shape
  }

  /// A matrix product from the sides of its first operand and of its result, which is one of weights or of two
  /// activations.
  static func products(_ input: [Int], _ output: [Int]) -> [ProfiledShape] {
    guard let inner = input.last, let columns = output.last, input.count >= 2, output.count >= 2 else {
      return []
    }
    var weighted = ProfiledShape(kinds: [.fullyConnected])
    (weighted.inputChannels, weighted.outputChannels) = (inner, columns)
    weighted.rows = product(input.dropLast())
    guard input.count == 4 else { return [weighted] }
    var heads = ProfiledShape(kinds: [.matmul])
    heads.groups = input[1]
    heads.inputChannels = product([inner, input[1]])
    heads.outputChannels = product([columns, input[1]])
    heads.rows = product([input[0], input[2]])
    return [weighted, heads]
  }

  /// Nil where it overflows, which fits no layer that is compared with it.
  private static func product(_ sides: some Sequence<Int>) -> Int? {
    var whole = 1
    for side in sides {
      let (next, overflow) = whole.multipliedReportingOverflow(by: side)
      if overflow { return nil }
      whole = next
    }
    return whole
  }
}
