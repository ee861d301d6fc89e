import Networks
import NumberFormats

extension Graph {
  /// The same network, with a maximum and a minimum in place of each relu and clip that an 8-bit float quantizer reads.
  ///
  /// onnxruntime 1.32 takes the zero point 0 of an 8-bit float for its least number. It leaves out a Relu in front of such
  /// a QuantizeLinear (`ReluQuantRewrite`), so that negative numbers pass, and refuses to load a network with a Clip there
  /// (`ClipQuantFusion`). It has no rule for Max and Min.
  func withClampsBeforeFloats8() -> Graph {
    var read: Set<String> = []
    for node in nodes.reversed() {
      if case .fakeQuantize(let quantizer) = node.operation, let floats = quantizer.floats, floats.bits == 8 {
        read.insert(node.inputs[0])
      } else if node.operation.movesOnly, read.contains(node.output) {
        // Runtimes may round before a movement what is to be rounded behind it.
        read.insert(node.inputs[0])
      }
    }
    var names = UnusedNames(
      taken: Set(nodes.flatMap { [$0.name, $0.output] } + [input]).union(constants.keys))
    var result = self
    result.nodes = nodes.flatMap { node -> [Node] in
      guard read.contains(node.output), let range = node.operation.clampedRange else { return [node] }
      let limits = [
        (range.lowerBound, Operation.arithmetic(.maximum)), (range.upperBound, .arithmetic(.minimum)),
      ].filter { $0.0.isFinite }
      var (value, parts) = (node.inputs[0], [Node]())
      for (index, (limit, operation)) in limits.enumerated() {
        let isLast = index == limits.count - 1
        let constant = names.unused("\(node.name).limit")
        result.constants[constant] = Constant(extents: [], values: [limit])
        let name = isLast ? node.name : names.unused("\(node.name).lowest")
        parts.append(
          Node(
            name: name, operation: operation, inputs: [value, constant], output: isLast ? node.output : name))
        value = name
      }
      return parts.isEmpty ? [node] : parts
    }
    return result
  }
}
