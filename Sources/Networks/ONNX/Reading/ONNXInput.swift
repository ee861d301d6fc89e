import Core
import DataRequests
import Networks

/// The one input of a model.
struct ONNXInput {
  let name: String
  let shape: TensorShape
  /// The batch that the file fixes; nil when it is symbolic.
  let batch: Int?
  let layout: ImageInput.Layout

  init(_ inputs: [ONNXValueInfoProto], nodes: [ONNXNodeProto], options: ONNXReadingOptions) throws {
    guard inputs.count == 1, let input = inputs.first else {
      throw ONNXError.Problem.interface(
        message: inputs.isEmpty
          ? "the network has no inputs"
          : "the network has \(inputs.count) inputs (\(inputs.prefix(4).map(\.name).joined(separator: ", "))); "
            + "networks of one input are read, others are not yet")
    }
    name = input.name
    let tensor = input.type.tensorType
    guard ONNXElementType(rawValue: tensor.elemType)?.isFloat == true else {
      throw ONNXError.Problem.interface(
        message:
          "input \"\(input.name)\" holds \(ONNXElementType.title(of: tensor.elemType)), as tokens or bytes are; "
          + "networks that take floats are read, others are not yet")
    }
    let proto = tensor.shape.dim
    guard (2...TensorShape.largestRank).contains(proto.count) else {
      throw ONNXError.Problem.interface(
        message:
          "input \"\(input.name)\" has \(proto.count) dimension\(proto.count == 1 ? "" : "s"); supported are 2 or more, the batch first"
      )
    }
    var extents = proto.map { dimension -> Int? in
      guard case .dimValue(let value) = dimension.value else { return nil }
      return Int(exactly: value)
    }
    layout = ONNXImageLayout.layout(of: input.name, extents: extents, in: nodes)
    if let size = options.inputSize {
      guard (3...4).contains(extents.count) else {
        throw ONNXError.Problem.interface(
          message:
            "input \"\(input.name)\" has \(proto.count) dimensions, so it has no height and width to set")
      }
      let sides = layout == .channelsFirst ? 2...3 : 1...2
      extents.replaceSubrange(sides, with: [size.height, size.width])
    }
    batch = extents[0].flatMap { $0 > 0 ? $0 : nil }
    // The batch may be anything: shapes hold for any number of samples.
    let fixed = extents.dropFirst().compactMap { $0 }
    guard fixed.count == extents.count - 1 else {
      throw ONNXError.Problem.interface(
        message: "input \"\(input.name)\" leaves more open than its batch; "
          + ((3...4).contains(extents.count)
            ? "give its height and width, as --input-size 224" : "write its extents into the file"))
    }
    shape = TensorShape([.batch] + fixed.map(Dimension.init))
  }
}
