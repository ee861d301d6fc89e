public import ArgumentParser
import Core
import Diagnostics
import Documents
import Evaluation
import EvaluatorArguments
public import Exporting
import Foundation
import Networks
import ONNX
import Rendering
import Specs
import Terminal

/// `haq export`: a network under a policy, in a file that other tools read.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract:
      "Writes a network quantized under a policy, in a form that a runtime or another quantizer reads.",
    discussion: """
      The scales, zero points and weights are those that the evaluator measures with; it calibrates activations on the \
      training split of --data. With --checkpoint, the weights are those of a fine-tuning under the same policy. Forms:

        qdq                 ONNX in 8 bits, which onnxruntime runs in integers, for speed
        qcdq                ONNX with QuantizeLinear, Clip and DequantizeLinear: any width, any ONNX runtime
        qonnx               ONNX with Quant operators of any width, for FINN
        encodings           JSON: the quantizers of every layer
        tensorrt            ONNX with symmetric quantizers, for TensorRT
        trtexec             the options of trtexec that keep layers in floats
        compressed-tensors  JSON: the quantization config of PyTorch programs such as vLLM
        modelopt            YAML: the quantization config of NVIDIA's Model Optimizer
        nncf                JSON: the layers that OpenVINO's NNCF leaves in floats

      docs/export.md describes them. trtexec and nncf need no data.

      Examples:
        haq export fashion-mobilenet-v2 --policy run/policy.json --as qcdq -o quantized.onnx
        haq export fashion-mobilenet-v2 --bits W8A8 --as qdq -o integer.onnx
        haq export fashion-mobilenet-v2 --bits W8A8 --as qdq --weights-in uint8 -o integer.onnx
        haq export net.onnx --bits W4A6 --data images/ --as qonnx -o net.qonnx.onnx
        haq export net.onnx --policy p.json --checkpoint tuned.onnx.checkpoint --as encodings -o encodings.json
        haq export net.onnx --bits W8A8 --as tensorrt -o net.tensorrt.onnx
        haq export net.onnx --bits W8A8 --as modelopt -o config.yaml
        haq export net.onnx --bits W8A8 --as nncf -o ignored.json
      """)

  @Argument(help: "Built-in network that comes trained, or an .onnx file.")
  var network: String

  @OptionGroup(title: OptionTitle.networkAndTarget) var size: InputSizeOption
  @OptionGroup(title: OptionTitle.networkAndTarget) var policy: PolicyOption

  @OptionGroup var evaluator: EvaluatorOption
  @OptionGroup(title: OptionTitle.output) var exported: ExportOptions
  @OptionGroup(title: OptionTitle.output) var force: ForceOption
  @OptionGroup(title: OptionTitle.output) var format: FormatOption

  /// What is written, and from which weights.
  struct ExportOptions: ParsableArguments {
    @Option(
      name: .customLong("as"),
      help: ArgumentHelp(
        "Form to write: \(ExportForm.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "form"))
    var form: ExportForm

    @Option(name: [.customShort("o"), .long], help: ArgumentHelp("File to write.", valueName: "file"))
    var output: String

    @Option(
      help: ArgumentHelp(
        "Export the weights of this checkpoint, which haq finetune wrote under the same policy.",
        valueName: "file"))
    var checkpoint: String?

    @Option(
      help: ArgumentHelp(
        "How qdq stores weights: int8, or uint8, whose sums no processor cuts off, and which take longer. Default: int8.",
        valueName: "type"))
    var weightsIn: WeightBytes?

    func validate() throws {
      guard checkpoint == nil || !form.needsNoQuantizers else {
        throw ValidationError("--as \(form.rawValue) writes no weights, so it takes no --checkpoint.")
      }
      guard weightsIn == nil || form == .qdq else {
        throw ValidationError("--weights-in is for --as qdq; \(form.rawValue) has one way to store weights.")
      }
    }
  }

  private var form: ExportForm { exported.form }
  private var output: String { exported.output }
  private var checkpoint: String? { exported.checkpoint }

  func run() throws {
    let document = try write()
    try format.print(document, text: document.text)
  }

  /// Writes the file, and says what is in it.
  func write() throws -> ExportDocument {
    let source = try NetworkSource(argument: network)
    let graph = evaluator.quantization.fileQuantizers.applied(
      to: try source.trainedGraph(inputSize: size.inputSize))
    if let quantizer = graph.firstQuantizer {
      throw Diagnostic(
        "the network already has quantizers, the first at \"\(quantizer)\"; a policy would quantize it twice",
        at: .init(file: network),
        hint: "Give a network without quantizers, or remove them: --file-quantizers remove")
    }
    let shapes = try graph.network()
    var evaluator = evaluator
    guard let chosen = try policy.resolve(for: shapes, settling: &evaluator) else {
      throw Diagnostic("an export needs the bits of every layer.", hint: "Give --policy FILE or --bits W4A6.")
    }
    try form.check(chosen, for: shapes)
    try form.check(evaluator.quantization.ptq)
    try OutputFile.check(output, readOnlyFiles: force.readOnlyFiles)

    if form.needsNoQuantizers {
      let bytes = try bytes(of: graph, shapes, under: chosen)
      try OutputFile.write(bytes, to: output, readOnlyFiles: force.readOnlyFiles)
      let size = PackedSize(of: shapes, under: chosen, evaluator.quantization.weightScales)
      return ExportDocument(size, of: shapes.name, as: form, in: (path: output, bytes: bytes.count))
    }
    let progress = ProgressLine()
    progress.show("calibrating \(shapes.name)")
    let process = try evaluator.start(network, for: shapes, inputSize: size.inputSize)
    let quantized = try quantize(graph, shapes, under: chosen, by: process)
    progress.clear()
    let bytes = try bytes(of: quantized, modules: process.description.layers)
    try OutputFile.write(bytes, to: output, readOnlyFiles: force.readOnlyFiles)
    if form == .qdq, exported.weightsIn != .uint8, chosen.precisions.contains(where: { $0.weight == .eight })
    {
      Messages.note(
        "8-bit weights lose accuracy on x86 processors without VNNI instructions, which cut the sum of two products off "
          + "at 16 bits. For such a processor, give 7-bit weights (W7A8), which are as fast, or --weights-in uint8, "
          + "which is slower; docs/export.md, section 6")
    }
    return ExportDocument(
      PackedSize(of: quantized), of: shapes.name, as: form, in: (path: output, bytes: bytes.count))
  }

  private func quantize(
    _ graph: Graph, _ shapes: Network, under policy: Policy, by process: EvaluatorProcess
  ) throws -> QuantizedGraph {
    let numbers = FileManager.default.temporaryDirectory.appending(path: "haq-export-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: numbers) }
    let bits = zip(process.description.layers, policy.precisions).map(WireEvaluation.LayerBits.init)
    let values = try form == .qdq ? QuantizedGraph.valuesWithoutLayers(in: graph, under: policy) : []
    let reply = try process.quantize(
      QuantizationRequest(
        policy: bits, checkpoint: checkpoint.map { URL(filePath: $0).path },
        values: values.isEmpty ? nil : values, output: numbers.path))
    var encodings = reply.layers
    // An evaluator may call layers by other names; their order and shapes have been compared.
    if encodings.map(\.layer) == process.description.layers {
      for (index, layer) in shapes.layers.enumerated() { encodings[index].layer = layer.name }
    }
    // One that does not know the key answers without it, and the export names the values that are missing.
    let given = zip(values, reply.values?.count == values.count ? reply.values ?? [] : [])
    return try QuantizedGraph(
      graph, policy: policy, encodings: encodings, values: Dictionary(uniqueKeysWithValues: given),
      constants: reply.constants, numbers: InputFile.read(numbers.path, limit: .max - 1))
  }

  private func bytes(of graph: Graph, _ network: Network, under policy: Policy) throws -> Data {
    form == .trtexec
      ? Data(try LayerPrecisions(of: network, under: policy).text.utf8)
      : Data(try JSONReport.text(of: IgnoredScope(of: graph, network, under: policy)).utf8)
  }

  /// - Parameter modules: The layers as the evaluator calls them.
  private func bytes(of quantized: QuantizedGraph, modules: [String]) throws -> Data {
    switch form {
    case .qonnx: return try quantized.onnx(as: .qonnx)
    case .qcdq: return try quantized.onnx(as: .qcdq)
    case .qdq: return try quantized.onnx(as: .qdq, weightsIn: exported.weightsIn ?? .int8)
    case .tensorrt: return try quantized.onnx(as: .tensorrt)
    case .compressedTensors:
      let config = CompressedTensorsConfig(quantized.encodings, modules: modules)
      return Data(try JSONReport.text(of: config).utf8)
    case .modelopt:
      try form.check(quantized.encodings)
      let config = ModelOptConfig(quantized.encodings, of: quantized.network, modules: modules)
      return Data(config.text.utf8)
    case .trtexec, .nncf: return try bytes(of: quantized.graph, quantized.network, under: quantized.policy)
    case .encodings:
      let reference = EncodingsDocument.Reference(
        name: quantized.network.name, sha256: quantized.network.shapeSHA256)
      return Data(try JSONReport.text(of: EncodingsDocument(quantized, network: reference)).utf8)
    }
  }
}

extension ExportForm: ExpressibleByArgument {}
extension WeightBytes: ExpressibleByArgument {}
