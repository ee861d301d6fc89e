import DataRequests
import Networks
import ONNX
import Testing

@Suite("Where a file has the channels of its images")
struct ImageLayoutTests {
  typealias Node = ForeignModel.Node
  typealias Tensor = ForeignModel.Tensor

  private let toChannelsFirst = Node(
    "turn", "Transpose", ["s"], ["t"], ["perm": .integers([0, 3, 1, 2])])

  /// An input of 4x5 in three channels, which is scaled and goes to `nodes`, the last of which writes "y".
  private func model(_ nodes: [Node], input dimensions: [Int64?] = [nil, 4, 5, 3]) -> ForeignModel {
    var model = ForeignModel()
    model.inputs[0].dimensions = dimensions
    model.initializers = [
      Tensor("half", [1, 1, 1, 1], [0.5]), Tensor("w", [2, 3, 1, 1], [1, 2, 3, 4, 5, 6]),
      Tensor("shape", integers: [-1, 1, 6, 7]),
    ]
    model.nodes = [Node("scale", "Mul", ["x", "half"], ["s"])] + nodes
    return model
  }

  private func input(of model: ForeignModel, inputSize: InputSize? = nil) throws -> ImageInput? {
    try ONNX.decode(model.data, file: "net.onnx", inputSize: inputSize).imageInput
  }

  @Test("last, where the network moves them first before anything else")
  func last() throws {
    let moved = model([toChannelsFirst, Node("conv", "Conv", ["t", "w"], ["y"])])
    #expect(
      try input(of: moved) == ImageInput(channels: 3, height: 4, width: 5, layout: .channelsLast))
  }

  @Test("last, where they are framed and exchanged before they are moved")
  func framed() throws {
    // A frame of one pixel, as Keras's ZeroPadding2D; blue, green, red, as its older networks want.
    var framed = model([
      Node("frame", "Pad", ["s", "pads"], ["f"]),
      Node("exchange", "Gather", ["f", "order"], ["g"], ["axis": .integer(3)]),
      Node("turn", "Transpose", ["g"], ["t"], ["perm": .integers([0, 3, 1, 2])]),
      Node("conv", "Conv", ["t", "w"], ["y"]),
    ])
    framed.initializers += [
      Tensor("pads", integers: [0, 1, 1, 0, 0, 1, 1, 0]), Tensor("order", integers: [2, 1, 0]),
    ]
    #expect(try input(of: framed) == ImageInput(channels: 3, height: 4, width: 5, layout: .channelsLast))
    #expect(
      try ONNX.decode(framed.data, file: "net.onnx").shapes()["y"]?.description == "Nx2x6x7")
  }

  @Test("first, where a layer reads them, or where something else is moved")
  func first() throws {
    let read = model([Node("conv", "Conv", ["s", "w"], ["y"])], input: [nil, 3, 4, 5])
    #expect(try input(of: read) == ImageInput(channels: 3, height: 4, width: 5))
    // To channels last: the first axis was channels.
    var other = toChannelsFirst
    other.attributes = ["perm": .integers([0, 2, 3, 1])]
    let turned = model([other, Node("act", "Relu", ["t"], ["y"])], input: [nil, 3, 4, 5])
    #expect(try input(of: turned) == ImageInput(channels: 3, height: 4, width: 5))
    // One reader moves them, another takes them as they are.
    let both = model([
      toChannelsFirst, Node("act", "Relu", ["t"], ["y"]), Node("other", "Relu", ["s"], ["z"]),
    ])
    #expect(try input(of: both) == ImageInput(channels: 4, height: 5, width: 3))
  }

  @Test("one channel may be moved by a reshape")
  func grey() throws {
    let reshaped = model([Node("move", "Reshape", ["s", "shape"], ["y"])], input: [nil, 6, 7, 1])
    #expect(try input(of: reshaped) == ImageInput(channels: 1, height: 6, width: 7, layout: .channelsLast))
    // A classifier of all pixels of three channels, which may be anywhere.
    let flat = model([Node("flat", "Flatten", ["s"], ["y"])])
    #expect(try input(of: flat) == ImageInput(channels: 4, height: 5, width: 3))
  }

  @Test("images may have no dimension for channels; other inputs are no images")
  func otherRanks() throws {
    let rows = model([Node("act", "Relu", ["s"], ["y"])], input: [nil, 6, 7])
    let input = try input(of: rows)
    #expect(input == ImageInput(channels: 1, height: 6, width: 7, layout: .withoutChannels))
    #expect(input?.extents == [6, 7])
    let vector = model([Node("act", "Relu", ["x"], ["y"])], input: [nil, 6])
    #expect(try self.input(of: vector) == nil)
  }

  @Test("another input size leaves the channels where they are")
  func inputSize() throws {
    let open = model(
      [toChannelsFirst, Node("conv", "Conv", ["t", "w"], ["y"])], input: [nil, nil, nil, 3])
    let size = InputSize(height: 8, width: 9)
    #expect(
      try input(of: open, inputSize: size)
        == ImageInput(channels: 3, height: 8, width: 9, layout: .channelsLast))
    let rows = model([Node("act", "Relu", ["s"], ["y"])], input: [nil, nil, nil])
    #expect(
      try input(of: rows, inputSize: size)
        == ImageInput(channels: 1, height: 8, width: 9, layout: .withoutChannels))
  }
}
