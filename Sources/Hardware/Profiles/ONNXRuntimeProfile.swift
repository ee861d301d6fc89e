import Core
import Diagnostics
import Foundation

/// The trace of onnxruntime's profiler (`SessionOptions.enable_profiling`): events of kernels with types and shapes.
enum ONNXRuntimeProfile {
  private struct Event: Decodable {
    var cat: String?
    var name: String?
    /// Microseconds.
    var dur: Double?
    var args: Arguments?

    /// Other events have other arguments.
    struct Arguments: Decodable {
      var operation: String?
      var node: String?
      var inputs: [[String: [Int]]]?
      var outputs: [[String: [Int]]]?

      private enum CodingKeys: String, CodingKey {
        case operation = "op_name"
        case node = "node_index"
        case inputs = "input_type_shape"
        case outputs = "output_type_shape"
      }
    }
  }

  private struct Node: Hashable {
    var name: String
    var index: String
  }

  private static let kernel = "_kernel_time"
  private static let convolutions: Set<String> = [
    "Conv", "FusedConv", "QLinearConv", "ConvInteger", "NhwcConv", "NhwcFusedConv", "QConv",
  ]
  private static let transposed: Set<String> = ["ConvTranspose", "ConvTransposeWithDynamicPads"]
  private static let products: Set<String> = [
    "Gemm", "FusedGemm", "QGemm", "MatMul", "FusedMatMul", "MatMulInteger", "QLinearMatMul",
    "DynamicQuantizeMatMul",
    "MatMulIntegerToFloat", "TransposeMatMul",
  ]

  /// Operators in the order of execution, each with the times of its runs; the first of three or more is left out,
  /// because it warms up.
  static func operators(in bytes: Data, file: String) throws -> [ProfiledOperator] {
    let events: [Event]
    do { events = try JSONDecoder().decode([Event].self, from: bytes) } catch {
      throw ProfileFormat.unreadable("a profile of onnxruntime", error, file)
    }
    var order: [Node] = []
    var found: [Node: (operation: String, arguments: Event.Arguments, times: [Double])] = [:]
    for event in events where event.cat == "Node" {
      guard let name = event.name, name.hasSuffix(kernel), let duration = event.dur, duration >= 0,
        let arguments = event.args, let operation = arguments.operation
      else { continue }
      let node = Node(name: String(name.dropLast(kernel.count)), index: arguments.node ?? "")
      if found[node] == nil { order.append(node) }
      found[node, default: (operation, arguments, [])].times.append(duration * 1e-6)
    }
    return order.compactMap { node in
      guard let (operation, arguments, times) = found[node] else { return nil }
      let shapes = shapes(of: operation, arguments, name: node.name)
      let isLayer =
        convolutions.contains(operation) || transposed.contains(operation) || products.contains(operation)
      return ProfiledOperator(
        name: node.name, type: operation, isLayer: isLayer, shapes: shapes,
        precision: precision(arguments.inputs ?? []),
        times: times.count < 3 ? times : Array(times.dropFirst()))
    }
  }

  /// The widths of the first two operands.
  private static func precision(_ inputs: [[String: [Int]]]) -> Precision? {
    let widths = operands(inputs).map { width(ofType: $0.type) }
    // Weights that were packed for the kernel are not stated; floats have no others.
    guard let first = widths.first, let activation = first,
      let weight = widths.count == 2 ? widths[1] : activation == .float ? activation : nil
    else { return nil }
    return Precision(weight: weight, activation: activation)
  }

  /// The first input, and the next one that is a matrix or more: scales and zero points lie between them.
  private static func operands(_ inputs: [[String: [Int]]]) -> [(type: String, sides: [Int])] {
    let typed = inputs.compactMap { $0.first.map { (type: $0.key, sides: $0.value) } }
    return [typed.first, typed.dropFirst().first { $0.sides.count >= 2 }].compactMap(\.self)
  }

  private static func width(ofType type: String) -> BitWidth? {
    switch type {
    case "float": .float
    case "float16", "bfloat16": BitWidth(16)
    case "uint8", "int8": .eight
    case "int4", "uint4": BitWidth(4)
    default: nil
    }
  }

  private static func shapes(
    of operation: String, _ arguments: Event.Arguments, name: String
  ) -> [ProfiledShape] {
    let operands = operands(arguments.inputs ?? []).map(\.sides)
    guard let input = operands.first, let output = arguments.outputs?.first?.first?.value else { return [] }
    if products.contains(operation) { return ProfiledShape.products(input, output) }
    guard operands.count == 2, operands[0].count == 4, operands[1].count == 4, output.count == 4 else {
      return []
    }
    let isTransposed = transposed.contains(operation)
    guard isTransposed || convolutions.contains(operation) else { return [] }
    // Channels lie behind the map in onnxruntime's integer kernels for some processors.
    return [(1, 2, 3), (3, 1, 2)].compactMap { axes in
      ProfiledShape.window(
        input: operands[0], weights: operands[1], output: output, axes: axes, isTransposed: isTransposed,
        isBlocked: name.hasSuffix("_nchwc"))
    }
  }
}
