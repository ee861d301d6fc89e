import Networks
import Tensors
import Testing
import Training

/// Graphs in which a value that is clamped in place would be missed by somebody.
@Suite struct GraphExecutionTests {
  private func scores(
    _ nodes: [Node], of pixels: [Float], shape: TensorShape, weights: [String: LayerWeights]
  )
    throws -> [Float]
  {
    let graph = Graph(
      name: "sharing", input: "input", inputShape: shape, nodes: nodes,
      output: try #require(nodes.last).output,
      weights: weights)
    let tensor = try Tensor(pixels, shape: shape.extents(batch: 1))
    let network = try FloatNetwork(graph)
    let first = try network.scores(of: tensor).values()
    #expect(try tensor.values() == pixels, "the caller's images changed")
    #expect(try network.scores(of: tensor).values() == first)
    return first
  }

  private func node(_ name: String, _ operation: Networks.Operation, _ inputs: String...) -> Node {
    Node(name: name, operation: operation, inputs: inputs, output: name)
  }

  @Test("a transposed convolution lays the kernel, times each element, side by side")
  func transposedConvolution() throws {
    let window = Window(kernel: 2, stride: 2, padding: 0)
    let operation = TransposedConvolution(
      convolution: Convolution(outputChannels: 2, window: window, groups: 2), outputPadding: [0, 0])
    let found = try scores(
      [node("up", .transposedConvolution(operation), "input"), node("flatten", .flatten, "up")],
      of: [1, 2, 3, 4], shape: TensorShape(channels: 2, height: 1, width: 2),
      weights: ["up": LayerWeights(weight: [1, 10, 100, 1000, 5, 6, 7, 8], bias: [0.5, 0])])
    #expect(
      found == [1.5, 10.5, 2.5, 20.5, 100.5, 1000.5, 200.5, 2000.5, 15, 18, 20, 24, 21, 24, 28, 32])
  }

  @Test("images that are flattened and clamped stay as they were")
  func flattenedImages() throws {
    let found = try scores(
      [
        node("flatten", .flatten, "input"), node("relu", .relu, "flatten"),
        node("classifier", .fullyConnected(outputs: 2), "relu"),
      ], of: [-1, 2], shape: TensorShape(channels: 2, height: 1, width: 1),
      weights: ["classifier": LayerWeights(weight: [1, 0, 1, 1], bias: [0, 0.5])])
    #expect(found == [0, 2.5])
  }

  @Test("a value that is read before and after its clamp is read unclamped")
  func readTwice() throws {
    // conv doubles: (-2, 4); relu: (0, 4); sum: (-2, 8).
    let found = try scores(
      [
        node("conv", .convolution(Convolution(outputChannels: 2, kernel: 1, groups: 2)), "input"),
        node("relu", .relu, "conv"), node("sum", .add, "conv", "relu"), node("flatten", .flatten, "sum"),
      ], of: [-1, 2], shape: TensorShape(channels: 2, height: 1, width: 1),
      weights: ["conv": LayerWeights(weight: [2, 2], bias: [0, 0])])
    #expect(found == [-2, 8])
  }

  @Test("a flattened value that is clamped leaves what it was flattened from alone")
  func flattenedTwice() throws {
    // pool: (-1, 2); relu of one flattening: (0, 2); sum with the other: (-1, 4).
    let found = try scores(
      [
        node("pool", .globalAveragePool, "input"), node("first", .flatten, "pool"),
        node("relu", .relu, "first"), node("second", .flatten, "pool"), node("sum", .add, "relu", "second"),
      ], of: [-2, 0, 1, 3], shape: TensorShape(channels: 2, height: 1, width: 2), weights: [:])
    #expect(found == [-1, 4])
  }
}
