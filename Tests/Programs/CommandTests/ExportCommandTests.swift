import Core
import Documents
import Evaluation
import FixtureBuilding
import Foundation
import Networks
import ONNX
import Testing

@Suite(.serialized) final class ExportCommandTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  init() throws {
    temporary = try TemporaryFolder()
    try TinyNetwork.write(to: "\(folder)/tiny.onnx")
  }

  private func export(_ arguments: String...) throws -> ProgramRun {
    try ProgramRun(["export"] + arguments, in: folder)
  }

  @Test("the packed size counts bits and scales")
  func packedSize() throws {
    let run = try export(
      "tiny.onnx", "--bits", "W3A4", "--as", "qonnx", "-o", "q.onnx", "--format", "json")
    try #require(run.exitCode == 0, "\(run.errors)")
    let document = try run.document(ExportDocument.self)
    // stem 4x1x3x3 = 36 weights at 3 bits are 108 bits, 14 bytes; 4 scales are 16 bytes. depthwise the same.
    // pointwise 8x4 = 32: 12 and 32. classifier 10x8 = 80: 30 and 40.
    #expect(document.layers.map(\.name) == ["stem", "depthwise", "pointwise", "classifier"])
    #expect(document.layers.map(\.valueBytes) == [14, 14, 12, 30])
    #expect(document.layers.map(\.scaleBytes) == [16, 16, 32, 40])
    #expect(document.weightBytes == 70 + 104)
    // One float for each output.
    #expect(document.biasBytes == 4 * (4 + 4 + 8 + 10))
  }

  @Test("encodings give every quantizer, whose weights are in the exported network")
  func encodings() throws {
    struct Document: Decodable {
      struct Quantizer: Decodable {
        var tensor: String
        var bits: Int
        var signed: Bool
        var scale: [Float]
        var zeroPoint: Int
        var min: [Float]
        var max: [Float]

        enum CodingKeys: String, CodingKey {
          case tensor, bits, signed, scale
          case zeroPoint = "zero_point"
          case min, max
        }
      }
      struct Layer: Decodable {
        var name: String
        var weight: Quantizer
        var activation: Quantizer
      }
      var schema: String
      var layers: [Layer]
    }
    let shared = ["--bits", "W4A4", "--weight-scales", "tensor"]
    let run = try ProgramRun(
      ["export", "tiny.onnx", "--as", "encodings", "-o", "e.json"] + shared, in: folder)
    try #require(run.exitCode == 0, "\(run.errors)")
    let bytes = try Data(contentsOf: URL(filePath: "\(folder)/e.json"))
    let document = try JSONDecoder().decode(Document.self, from: bytes)
    #expect(document.schema == "haq.encodings/1.0")
    #expect(
      document.layers.map(\.activation.tensor)
        == ["input", "stem.relu6", "depthwise.relu6", "flatten"])
    let network = try ProgramRun(
      ["export", "tiny.onnx", "--as", "qcdq", "-o", "q.onnx"] + shared, in: folder)
    try #require(network.exitCode == 0, "\(network.errors)")
    let graph = try ONNX.read("\(folder)/q.onnx")
    for layer in document.layers {
      let (weight, activation) = (layer.weight, layer.activation)
      #expect(weight.tensor == "\(layer.name).weight" && weight.bits == 4 && weight.signed)
      #expect(weight.scale.count == 1 && weight.zeroPoint == 0)
      // 4 bits are the quantized values -7 to 7, and 0 to 15 of what is never negative.
      #expect(weight.min == [-7 * weight.scale[0]] && weight.max == [7 * weight.scale[0]])
      #expect(!activation.signed && activation.min == [0] && activation.max == [15 * activation.scale[0]])
      let weights = try #require(graph.weights[layer.name]).weight
      #expect(weights.allSatisfy { $0 == ($0 / weight.scale[0]).rounded() * weight.scale[0] })
      #expect(weights.allSatisfy { weight.min[0]...weight.max[0] ~= $0 })
    }
  }

  @Test("a network that is quantized already is refused, unless its quantizers are to be replaced")
  func alreadyQuantized() throws {
    let first = try export("tiny.onnx", "--bits", "W8A8", "--as", "qcdq", "-o", "q8.onnx")
    try #require(first.exitCode == 0, "\(first.errors)")
    for command in ["export", "evaluate"] {
      let output = command == "export" ? ["--as", "qonnx", "-o", "again.onnx"] : ["--samples", "10"]
      let refused = try ProgramRun([command, "q8.onnx", "--bits", "W4A4"] + output, in: folder)
      #expect(refused.exitCode == 1)
      #expect(refused.errors.contains("would quantize it twice"))
      #expect(refused.errors.contains("--file-quantizers remove"))
    }
    #expect(!FileManager.default.fileExists(atPath: "\(folder)/again.onnx"))
    let replaced = try export(
      "q8.onnx", "--bits", "W4A5", "--as", "qonnx", "-o", "again.onnx", "--file-quantizers", "remove")
    try #require(replaced.exitCode == 0, "\(replaced.errors)")
    let graph = try ONNX.read("\(folder)/again.onnx")
    #expect(graph.givenWidths.count == 4)
    #expect(
      graph.givenWidths.values.allSatisfy { $0 == GivenWidths(weight: BitWidth(4), activation: BitWidth(5)) })
    // One quantizer for each of four layers and no other.
    let quantizers = graph.nodes.count { if case .fakeQuantize = $0.operation { true } else { false } }
    #expect(quantizers == 4)
  }

  @Test("qdq tells of 8-bit weights what they lose on some processors; 7 bits and unsigned bytes do not")
  func weightsInBytes() throws {
    func notes(_ arguments: String...) throws -> Bool {
      let run = try ProgramRun(["export", "tiny.onnx", "--as", "qdq"] + arguments, in: folder)
      try #require(run.exitCode == 0, "\(run.errors)")
      return run.errors.contains("give 7-bit weights (W7A8)") && run.errors.contains("--weights-in uint8")
    }
    #expect(try notes("--bits", "W8A8", "-o", "signed.onnx"))
    #expect(try !notes("--bits", "W8A8", "--weights-in", "uint8", "-o", "unsigned.onnx"))
    #expect(try !notes("--bits", "W7A8", "-o", "seven.onnx"))
    let (signed, unsigned) = try (
      ONNX.read("\(folder)/signed.onnx"), ONNX.read("\(folder)/unsigned.onnx")
    )
    #expect(signed.weights == unsigned.weights)
    let refused = try export(
      "tiny.onnx", "--bits", "W8A8", "--as", "qcdq", "--weights-in", "uint8", "-o", "q")
    #expect(refused.exitCode == 64 && refused.errors.contains("--weights-in is for --as qdq"))
  }

  @Test("what cannot be exported is reported before anything is written")
  func refusals() throws {
    func problem(_ arguments: String...) throws -> String {
      let run = try ProgramRun(["export"] + arguments, in: folder)
      #expect(run.exitCode == 1 && run.output == "")
      return run.errors
    }
    let wide = try problem("tiny.onnx", "--bits", "W9A16", "--as", "qcdq", "-o", "q.onnx")
    #expect(wide.contains("stem with 9-bit weights, stem with 16-bit activations, depthwise with"))
    #expect(wide.contains("Export as qonnx"))
    #expect(
      try problem("tiny.onnx", "--bits", "W20A8", "--as", "qonnx", "-o", "q.onnx").contains(
        "and pairs of 1 more layer; in qonnx, weights can be int1 to int16, fp32 and activations int1 to int16, fp32"
      ))
    #expect(
      try problem("tiny.onnx", "--as", "qonnx", "-o", "q.onnx").contains("Give --policy FILE or --bits W4A6.")
    )
    #expect(
      try problem("mobilenet-v2", "--bits", "W4A4", "--as", "qonnx", "-o", "q.onnx").contains(
        "built in without weights"))
    #expect(
      try problem("tiny.onnx", "--bits", "W4A4", "--as", "qonnx", "-o", "absent/q.onnx").contains(
        "absent/q.onnx"))
    _ = try ProgramRun(
      ["policy", "uniform", "fashion-mobilenet-v1", "--bits", "W4A4", "-o", "p.json"], in: folder)
    #expect(
      try problem("tiny.onnx", "--policy", "p.json", "--as", "qonnx", "-o", "q.onnx").contains(
        "has no layer \"block1.depthwise\""))
    #expect(
      try problem(
        "tiny.onnx", "--bits", "W4A4", "--checkpoint", "tiny.onnx", "--as", "qonnx", "-o", "q.onnx"
      ).contains("it is not a checkpoint of this program"))
    #expect(!FileManager.default.fileExists(atPath: "\(folder)/q.onnx"))
    #expect(try export("tiny.onnx", "--bits", "W4A4", "--as", "tflite", "-o", "q").exitCode == 64)
  }

  @Test(
    "learned ranges are exported as the epoch that was kept measured them",
    arguments: [("--pact", "0.02"), ("--lsq", "0.003")])
  func learnedRanges(_ option: String, rate: String) throws {
    let header: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 250, 0, 0, 0, 28, 0, 0, 0, 28]
    let pixels = (0..<250 * 784).map { UInt8(truncatingIfNeeded: $0 * $0 / 7 + $0 / 784 * 29) }
    try Data(header + pixels).write(to: URL(filePath: "\(folder)/images"))
    try Data([0, 0, 8, 1, 0, 0, 0, 250] + (0..<250).map { $0 % 10 }).write(
      to: URL(filePath: "\(folder)/labels"))
    let data = ["--data", "images,labels", "--threads", "1"]
    let tuning = try ProgramRun(
      [
        "finetune", "tiny.onnx", "--bits", "W4A4", option, "--epochs", "3", "--learning-rate", rate, "-o",
        "tuned.onnx", "--format", "json",
      ] + data, in: folder)
    try #require(tuning.exitCode == 0, "\(tuning.errors)")
    struct Result: Decodable { var accuracy, loss: Double }
    let course = try tuning.document(FineTuningDocument.self)
    let kept = try #require(course.epochs.first { $0.epoch == course.keptEpoch })
    func export(_ more: String...) throws -> Graph {
      let run = try ProgramRun(
        ["export", "tiny.onnx", "--bits", "W4A4", "--as", "qcdq", "-o", "q.onnx"] + data + more, in: folder)
      try #require(run.exitCode == 0, "\(run.errors)")
      return try ONNX.read("\(folder)/q.onnx")
    }
    func scales(_ graph: Graph) -> [Float] {
      graph.nodes.compactMap {
        if case .fakeQuantize(let quantizer) = $0.operation { quantizer.scale } else { nil }
      }
    }
    let calibrated = scales(try export())
    let learned = scales(try export("--checkpoint", "tuned.onnx.checkpoint"))
    // The picture, which no weight reads alike, and three more; all have moved.
    #expect(calibrated.count == 4 && zip(calibrated, learned).allSatisfy { $0 != $1 })
    let run = try ProgramRun(
      ["evaluate", "q.onnx", "--split", "validation", "--format", "json"] + data, in: folder)
    struct Report: Decodable { var results: [String: Result] }
    let measured = try #require(
      JSONDecoder().decode(Report.self, from: Data(run.output.utf8)).results["float"])
    #expect(measured.accuracy == kept.validation.accuracy)
    #expect(abs(measured.loss - kept.validation.loss) < 1e-5)
  }
}
