import Core
package import Foundation
import Networks
import ONNX

/// What must hold when an ONNX file is any bytes at all.
package enum FuzzedNetwork {
  /// Reads `bytes` as a network; returns what is wrong, nil when nothing is.
  ///
  /// Bytes are refused by an error that names the file. What is read can be told about, and survives being written and read
  /// again: with the shapes of its outputs, and with its layers.
  package static func problem(with bytes: Data) -> String? {
    let graph: Graph
    do {
      graph = try ONNX.decode(bytes, file: file, sizeLimit: 4 << 20)
    } catch let error as ONNXError {
      return error.file == file ? nil : "an error that does not name the file: \(error)"
    } catch {
      return "an error of another kind: \(error)"
    }
    do {
      _ = try graph.outline()
      let (outputs, layers) = try summary(of: graph)
      let again = try summary(of: ONNX.decode(ONNX.encode(graph), file: "written.onnx"))
      guard again.outputs == outputs else { return "outputs \(outputs) that become \(again.outputs)" }
      guard again.layers == layers else { return "layers \(layers) that become \(again.layers)" }
      return nil
    } catch {
      return "a network that is read, and then refused: \(error)"
    }
  }

  private static let file = "fuzzed.onnx"

  private static func summary(of graph: Graph) throws -> (outputs: [TensorShape?], layers: [Layer]) {
    let shapes = try graph.shapes()
    return (graph.outputs.map { shapes[$0] }, try graph.network().layers)
  }
}
