import Arrays
import Datasets
import Diagnostics
import Foundation
import Networks
import Tensors
import Training

/// One run of a network on given inputs, apart from any conversation: for comparisons with other programs.
struct NetworkRun {
  /// A .npy file of 32-bit floats, the batch first.
  var inputs: String
  /// Gets the outputs as 0.npy, 1.npy and so on, in the order of the network.
  var folder: String

  func run(_ graph: Graph) throws {
    let array: NumPyArray
    do {
      array = try NumPyArray(file: inputs)
    } catch {
      throw Diagnostic("\(error)")
    }
    guard case .floats(let values) = array.elements, let batch = array.shape.first, batch > 0,
      array.shape == graph.inputShape.extents(batch: batch)
    else {
      throw Diagnostic(
        "\(inputs) has the shape \(array.shape); 32-bit floats of \(graph.inputShape) are needed, N for the batch"
      )
    }
    let network = try FloatNetwork(graph)
    let outputs = try withoutGradients {
      try network.outputs(of: Tensor(values, shape: array.shape)).map { ($0.shape, try $0.values()) }
    }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (position, (shape, values)) in outputs.enumerated() {
      try Data(NumPyArray.file(values, shape: shape)).write(to: URL(filePath: "\(folder)/\(position).npy"))
    }
  }
}
