import ONNX
import Testing

/// A scale that is infinite, or becomes so in single precision, is refused where it is read: what is written would be read
/// as zero times infinity.
@Suite struct InfiniteScalesTests {
  private typealias Node = ForeignModel.Node
  private typealias Tensor = ForeignModel.Tensor

  private func refusal(_ scale: [Float], variance: [Float], _ kind: String) throws -> String {
    var model = ForeignModel()
    model.opset = 21
    model.inputs[0].dimensions = [nil, 2, 3, 3]
    model.initializers = [
      Tensor("scale", [2], scale), Tensor("zeros", [2], [0, 0]), Tensor("variance", [2], variance),
    ]
    let isBatch = kind == "BatchNormalization"
    let inputs = ["x", "scale", "zeros"] + (isBatch ? ["zeros", "variance"] : [])
    let attributes: [String: ForeignModel.Attribute] =
      isBatch ? ["epsilon": .float(0)] : ["num_groups": .integer(1)]
    model.nodes = [Node("norm", kind, inputs, ["y"], attributes)]
    let error = #expect(throws: ONNXError.self) { try ONNX.decode(model.data, file: "net.onnx") }
    return error?.description ?? ""
  }

  @Test("an infinite scale of a group or a batch normalization")
  func infinite() throws {
    let scale: [Float] = [1, .infinity]
    #expect(
      try refusal(scale, variance: [1, 1], "GroupNormalization").contains("has a scale that is not finite"))
    #expect(
      try refusal(scale, variance: [1, 1], "BatchNormalization").contains(
        "scales or shifts a channel by what is not finite"))
  }

  @Test("a scale of 1e38 over a standard deviation of 1e-15 is more than single precision holds")
  func overflow() throws {
    #expect(
      try refusal([1, 1e38], variance: [1, 1e-30], "BatchNormalization").contains(
        "scales or shifts a channel by what is not finite"))
  }
}
