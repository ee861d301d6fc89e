import FixtureBuilding
import Foundation
import ONNX
import Testing

@Suite("Tensors in other files") struct ExternalDataTests {
  /// A 3x3 convolution of a 4x4 map, whose weights are elsewhere.
  private func model(_ entries: [String: String]) -> ForeignModel {
    var model = ForeignModel()
    var weights = ForeignModel.Tensor("w", [2, 1, 3, 3], [])
    (weights.raw, weights.location, weights.external) = (nil, 1, entries)
    model.initializers = [weights]
    model.nodes = [.init("conv", "Conv", ["x", "w"], ["y"])]
    return model
  }

  @Test("a network in memory has no other files")
  func inMemory() {
    let error = #expect(throws: ONNXError.self) { try ONNX.decode(model([:]).data, file: "net.onnx") }
    #expect(error?.description.contains("only a network that is a file itself") == true)
  }

  @Test("contents in another file must be in the network's own folder, also where a link leads")
  func elsewhere() throws {
    let folder = try TemporaryFolder()
    try Data(repeating: 0, count: 80).write(to: folder.url.appending(path: "data"))
    func refusal(_ entries: [String: String]) -> String? {
      let path = folder.path("net.onnx")
      do {
        try model(entries).data.write(to: URL(filePath: path))
        _ = try ONNX.read(path)
        return nil
      } catch {
        return "\(error)"
      }
    }
    // 2 x 1 x 3 x 3 floats are 72 bytes.
    #expect(refusal(["location": "data"]) == nil)
    #expect(refusal(["location": "data", "offset": "8", "length": "72"]) == nil)
    #expect(
      refusal(["location": "data", "offset": "9"])?.contains("has 80 bytes; it needs 72 from byte 9 on")
        == true)
    #expect(refusal(["location": "data", "length": "71"])?.contains("takes 71 bytes") == true)
    #expect(refusal(["location": "data", "offset": "-1"])?.contains("offset \"-1\" is not a number") == true)
    #expect(refusal(["location": "/etc/passwd"])?.contains("outside the network's folder") == true)
    #expect(refusal(["location": "a/../../data"])?.contains("outside the network's folder") == true)
    #expect(refusal(["location": "missing"])?.contains("cannot be read") == true)
    for (link, target) in [("out", "/etc/passwd"), ("in", "data"), ("up", "..")] {
      try FileManager.default.createSymbolicLink(
        atPath: folder.path(link), withDestinationPath: target)
    }
    #expect(refusal(["location": "in"]) == nil)
    #expect(
      refusal(["location": "out"])?.contains("is a link to /etc/passwd, outside the network's folder") == true
    )
    #expect(refusal(["location": "up/\(folder.url.lastPathComponent)/data"]) == nil)
    #expect(refusal(["location": "up"])?.contains("outside the network's folder") == true)
    #expect(refusal([:])?.contains("does not say in which") == true)
  }
}
