import Diagnostics
import Foundation
import Networks
import ONNX
import Testing

@Suite("Network arguments")
struct NetworkSourceTests {
  @Test("a name is a built-in network, a path that ends in .onnx a file")
  func kinds() throws {
    #expect(try NetworkSource(argument: "resnet-18") == .architecture(.resNet18))
    #expect(try NetworkSource(argument: "fashion-mobilenet-v1") == .bundled(.fashionMobileNetV1))
    #expect(try NetworkSource(argument: "models/Mine.ONNX") == .onnx(path: "models/Mine.ONNX"))
  }

  @Test("an unknown name lists what there is and suggests the closest")
  func unknown() {
    let error = #expect(throws: Diagnostic.self) {
      try NetworkSource(argument: "mobilnet-v2", otherExtensions: ["json"])
    }
    #expect(
      error?.message
        == "there is no network called \"mobilnet-v2\"; built in are mobilenet-v1, mobilenet-v2, resnet-18, "
        + "resnet-50, fashion-mobilenet-v1, fashion-mobilenet-v2, and files ending in .onnx or .json are read."
    )
    #expect(error?.hint == "Did you mean \"mobilenet-v2\"?")
  }

  @Test("costs need no weights: every built-in network has its shapes", arguments: Architecture.names)
  func shapes(_ name: String) throws {
    #expect(try NetworkSource(argument: name).graph() == Architecture.named(name))
  }

  @Test("an architecture without weights says so, and names those that have them")
  func untrained() {
    let error = #expect(throws: Diagnostic.self) {
      try NetworkSource.architecture(.mobileNetV2).trainedGraph()
    }
    #expect(error?.description.contains("without weights") == true)
    #expect(error?.description.contains("fashion-mobilenet-v1 and fashion-mobilenet-v2 come trained") == true)
  }

  @Test("the folder of bundled networks stands beside the program")
  func installed() {
    #expect(FileManager.default.fileExists(atPath: "\(BundledModel.installedFolder)/README.md"))
  }

  @Test("a bundled network is read from its folder, or its file named as missing")
  func bundled() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }

    let missing = #expect(throws: Diagnostic.self) {
      try BundledModel.fashionMobileNetV1.graph(in: folder.path)
    }
    #expect(missing?.message.contains("\(folder.path)/fashion-mobilenet-v1.onnx") == true)

    let graph = try Architecture.fashionMobileNetV1.graph.withRandomWeights(seed: 5)
    try ONNX.write(graph, to: folder.appendingPathComponent("fashion-mobilenet-v1.onnx").path)
    #expect(try BundledModel.fashionMobileNetV1.graph(in: folder.path) == graph)
  }
}
