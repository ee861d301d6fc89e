import Core
import Diagnostics
import Foundation

/// The profile of `trtexec --exportProfile`, and, for shapes and types, the layers of `trtexec --exportLayerInfo
/// --profilingVerbosity=detailed`. After NVIDIA's documentation; no file made by TensorRT was at hand.
enum TensorRTProfile {
  private struct Entry: Decodable {
    var name: String?
    /// Milliseconds.
    var averageMs: Double?
    var medianMs: Double?
  }

  private struct LayerInfo: Decodable {
    var layers: [Layer]

    private enum CodingKeys: String, CodingKey { case layers = "Layers" }

    struct Layer: Decodable {
      var name: String
      var type: String?
      var inputs: [Tensor]?
      var outputs: [Tensor]?
      var kernel: [Int]?
      var stride: [Int]?
      var groups: Int?

      private enum CodingKeys: String, CodingKey {
        case name = "Name"
        case type = "ParameterType"
        case inputs = "Inputs"
        case outputs = "Outputs"
        case kernel = "Kernel"
        case stride = "Stride"
        case groups = "Groups"
      }
    }

    struct Tensor: Decodable {
      var dimensions: [Int]?
      var format: String?

      private enum CodingKeys: String, CodingKey {
        case dimensions = "Dimensions"
        case format = "Format/Datatype"
      }
    }
  }

  /// Operators in the order of execution.
  static func operators(
    in bytes: Data, file: String, layers: (bytes: Data, file: String)?
  ) throws -> [ProfiledOperator] {
    let entries: [Entry]
    do { entries = try JSONDecoder().decode([Entry].self, from: bytes) } catch {
      throw ProfileFormat.unreadable("a profile of trtexec", error, file)
    }
    var information: [String: LayerInfo.Layer] = [:]
    if let layers {
      do {
        let decoded = try JSONDecoder().decode(LayerInfo.self, from: layers.bytes).layers
        information = Dictionary(decoded.map { ($0.name, $0) }) { first, _ in first }
      } catch { throw ProfileFormat.unreadable("the layers of trtexec", error, layers.file) }
    }
    return entries.compactMap { entry in
      guard let name = entry.name, let time = entry.medianMs ?? entry.averageMs, time >= 0, time.isFinite
      else {
        return nil
      }
      let layer = information[name]
      // Changes of the layout are named after the layer that wants them.
      let isBetween = name.hasPrefix("Reformatting") || name.hasPrefix("PWN(") || name.hasPrefix("Reshape")
      let shape = layer.flatMap(shape)
      return ProfiledOperator(
        name: name, type: layer?.type ?? "layer",
        isLayer: !isBetween && (information.isEmpty || shape != nil),
        shapes: shape.map { [$0] } ?? [], precision: layer.flatMap(precision), times: [time * 1e-3])
    }
  }

  private static func shape(_ layer: LayerInfo.Layer) -> ProfiledShape? {
    let (input, output) = (layer.inputs?.first?.dimensions ?? [], layer.outputs?.first?.dimensions ?? [])
    switch layer.type {
    case "Convolution", "Deconvolution":
      guard input.count == 4, output.count == 4 else { return nil }
      let isTransposed = layer.type == "Deconvolution"
      var shape = ProfiledShape(kinds: isTransposed ? [.transposedConvolution] : [.convolution, .depthwise])
      (shape.batch, shape.inputChannels, shape.outputChannels) = (input[0], input[1], output[1])
      shape.input = Extent(height: input[2], width: input[3])
      shape.output = Extent(height: output[2], width: output[3])
      shape.groups = layer.groups
      if let kernel = layer.kernel, kernel.count == 2 {
        shape.kernel = Extent(height: kernel[0], width: kernel[1])
      }
      if let stride = layer.stride, stride.count == 2 {
        shape.stride = Extent(height: stride[0], width: stride[1])
      }
      return shape
    case "FullyConnected", "MatrixMultiply", "Gemm":
      return ProfiledShape.products(input, output).first
    default: return nil
    }
  }

  /// The type of the input, which TensorRT's kernels compute in.
  private static func precision(_ layer: LayerInfo.Layer) -> Precision? {
    guard let format = layer.inputs?.first?.format?.lowercased() else { return nil }
    let widths: [(String, BitWidth?)] = [
      ("int8", .eight), ("fp8", .eight), ("half", BitWidth(16)), ("fp16", BitWidth(16)),
      ("bf16", BitWidth(16)),
      ("float", .float), ("fp32", .float),
    ]
    return widths.first { format.contains($0.0) }?.1.map { Precision(weight: $0, activation: $0) }
  }
}
