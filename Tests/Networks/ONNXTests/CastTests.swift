import Core
import Foundation
import Networks
import ONNX
import Testing

/// Casts to 16-bit floats and back, which round.
@Suite struct CastTests {
  typealias Node = ForeignModel.Node
  typealias Tensor = ForeignModel.Tensor

  private func read(_ model: ForeignModel) throws -> Graph { try ONNX.decode(model.data, file: "net.onnx") }

  /// A convolution whose weight 1.5 is stored as a 16-bit float, behind casts of its input to ONNX's type and back.
  private func model(type: Int64, weight: [UInt8]) -> ForeignModel {
    var model = ForeignModel()
    var stored = Tensor("w", [1, 1, 1, 1], [])
    (stored.type, stored.raw) = (type, weight)
    model.initializers = [stored]
    model.nodes = [
      Node("to", "Cast", ["x"], ["half"], ["to": .integer(type)]),
      Node("from", "Cast", ["half"], ["rounded"], ["to": .integer(1)]),
      Node("weights", "Cast", ["w"], ["full"], ["to": .integer(1)]),
      Node("conv", "Conv", ["rounded", "full"], ["y"]),
    ]
    return model
  }

  // 1.5 is 0x3E00 in IEEE 754 binary16: sign 0, exponent 15, fraction 512 of 1024. In bfloat16 it is 0x3FC0, the upper half
  // of 0x3FC00000.
  @Test(
    "there and back is a quantizer, and weights that are cast have the format",
    arguments: [
      (type: Int64(10), format: "fp16", bytes: [UInt8(0x00), 0x3E]),
      (type: Int64(16), format: "bf16", bytes: [UInt8(0xC0), 0x3F]),
    ])
  func roundTrip(type: Int64, format: String, bytes: [UInt8]) throws {
    let graph = try read(model(type: type, weight: bytes))
    #expect(graph.nodes.map(\.name) == ["from", "conv"])
    let width = try #require(BitWidth(formatName: format))
    guard case .fakeQuantize(let quantizer) = graph.nodes[0].operation else {
      Issue.record("no quantizer")
      return
    }
    #expect(quantizer.width == width && quantizer.scale == 1)
    #expect(graph.weights["conv"]?.weight == [1.5])
    #expect(graph.givenWidths == ["conv": GivenWidths(weight: width, activation: width)])
    #expect(graph.firstQuantizer == "from")
  }

  @Test("casts around other operators are no quantizer: what is between them is read as floats, as before")
  func halfNetwork() throws {
    var model = ForeignModel()
    model.nodes = [
      Node("to", "Cast", ["x"], ["half"], ["to": .integer(10)]), Node("relu", "Relu", ["half"], ["r"]),
      Node("from", "Cast", ["r"], ["y"], ["to": .integer(1)]),
    ]
    let graph = try read(model)
    #expect(graph.nodes.map(\.operation) == [.relu])
    #expect(graph.firstQuantizer == nil)
  }

  @Test("weights alone in 16-bit floats do not make a network a quantized one")
  func weightsAlone() throws {
    var model = model(type: 10, weight: [0x00, 0x3E])
    model.nodes = Array(model.nodes[2...])
    model.nodes[1].inputs[0] = "x"
    let graph = try read(model)
    #expect(graph.givenWidths["conv"] == GivenWidths(weight: BitWidth(formatName: "fp16")))
    #expect(graph.firstQuantizer == nil)
  }

  @Test("without quantizers, casts leave nothing behind: they cut no number off")
  func removed() throws {
    let graph = try read(model(type: 10, weight: [0x00, 0x3E])).withoutQuantizers()
    #expect(graph.nodes.map(\.name) == ["conv"] && graph.nodes[0].inputs == ["x"])
  }
}
