import Core
import Diagnostics
import Foundation
import Networks
import ONNX
import Testing

@Suite("ONNX round trip")
struct ONNXRoundTripTests {
  @Test("what was written is read back equal, every operation and weight")
  func everyOperation() throws {
    let graph = try Graph.everyOperation()
    #expect(try ONNX.decode(ONNX.encode(graph), file: "memory") == graph)
  }

  @Test(
    "the fashion networks come back equal, with the same layers",
    arguments: [Architecture.fashionMobileNetV1, .fashionMobileNetV2])
  func fashion(_ architecture: Architecture) throws {
    let graph = try architecture.graph.withRandomWeights(seed: 1)
    let bytes = try ONNX.encode(graph)
    #expect(bytes.count < 2_000_000)
    let read = try ONNX.decode(bytes, file: "memory")
    #expect(read == graph)
    #expect(try read.network(batch: 1) == architecture.graph.network(batch: 1))
  }

  @Test("equal graphs give equal bytes")
  func deterministic() throws {
    #expect(try ONNX.encode(.everyOperation()) == ONNX.encode(.everyOperation()))
  }

  @Test("initializers give way to values that have their names")
  func nameClash() throws {
    var builder = GraphBuilder(name: "clash", inputShape: TensorShape(channels: 1, height: 2, width: 2))
    builder.convolution("a.weight", outputs: 1)
    builder.convolution("a", outputs: 1)
    let graph = try builder.build().withRandomWeights(seed: 2)
    #expect(try ONNX.decode(ONNX.encode(graph), file: "memory") == graph)
  }

  @Test("a graph without weights is not written")
  func incomplete() {
    #expect(throws: GraphError.missingWeights(node: "stem")) {
      try ONNX.encode(Architecture.fashionMobileNetV1.graph)
    }
  }

  @Test("a file is written, read, and refused above the size limit")
  func files() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("every.onnx").path

    let graph = try Graph.everyOperation()
    try ONNX.write(graph, to: path)
    #expect(try ONNX.read(path) == graph)
    #expect(try NetworkSource(argument: path).trainedGraph() == graph)

    let size = try ONNX.encode(graph).count
    let tooLarge = ONNXError(file: path, problem: .tooLarge(bytes: size, limit: size - 1))
    #expect(throws: tooLarge) { try ONNX.read(path, sizeLimit: size - 1) }

    let missing = folder.appendingPathComponent("missing.onnx").path
    let error = #expect(throws: ONNXError.self) { try ONNX.read(missing) }
    #expect(error?.description.hasPrefix("\(missing): cannot be read: ") == true)
    #expect(throws: ONNXError.self) { try ONNX.read(folder.path) }
    let unwritten = #expect(throws: Diagnostic.self) { try ONNX.write(graph, to: "\(missing)/inside.onnx") }
    #expect(unwritten?.text.hasPrefix("\(missing)/inside.onnx: ") == true)
  }
}
