import Core
import Documents
import Evaluation
import FixtureBuilding
import Foundation
import Networks
import ONNX
import Testing

/// `--activation-range` as a user gives it, and as a policy file records it.
@Suite(.serialized) final class ActivationRangeCommandTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  /// `pointwise` reads values of both signs, more of them above zero.
  init() throws {
    temporary = try TemporaryFolder()
    var builder = GraphBuilder(name: "signed", inputShape: TensorShape(channels: 1, height: 28, width: 28))
    builder.convolution("stem", outputs: 4, kernel: 3, stride: 2)
    builder.convolution("pointwise", outputs: 8)
    builder.relu6()
    builder.classifier(classes: 10)
    var graph = builder.build()
    for layer in try graph.network().layers {
      graph.weights[layer.name] = LayerWeights(
        weight: (0..<layer.weightCount).map { Float($0 * 37 % 101 - 40) / 100 },
        bias: (0..<layer.outputChannels).map { Float($0 % 3) / 10 })
    }
    try ONNX.write(graph, to: "\(folder)/signed.onnx")
  }

  private func haq(_ words: String...) throws -> ProgramRun {
    let run = try ProgramRun(words + ["--threads", "1"], in: folder)
    #expect(run.exitCode == 0, "\(run.errors)")
    return run
  }

  private func figures(_ words: String...) throws -> (loss: Double, accuracy: Double, errors: String) {
    let run = try ProgramRun(
      ["evaluate"] + words + ["--samples", "200", "--threads", "1", "--format", "json"], in: folder)
    #expect(run.exitCode == 0, "\(run.errors)")
    let results = try run.document(EvaluationDocument.self).results
    let measured = results.policy ?? results.float
    return (measured.loss, measured.accuracy, run.errors)
  }

  /// A policy file that says so.
  private func writeRecordedPolicy() throws {
    _ = try ProgramRun(
      ["policy", "uniform", "signed.onnx", "--bits", "W8A4", "-o", "plain.json"], in: folder)
    let plain = try String(contentsOfFile: "\(folder)/plain.json", encoding: .utf8)
    let recorded = plain.replacing("haq.policy/1.0", with: "haq.policy/1.3").replacing(
      "\"layers\"",
      with: """
        "quantization": { "weight_scales": "channel", "clipping": "mse", "weight_clipping": "mse", "activation_range": "asymmetric" },
        "layers"
        """)
    try Data(recorded.utf8).write(to: URL(filePath: "\(folder)/recorded.json"))
  }

  @Test("a policy file's range is used, and the command line's goes before it, with a warning")
  func recorded() throws {
    try writeRecordedPolicy()
    let symmetric = try figures("signed.onnx", "--bits", "W8A4", "--clipping", "mse")
    let asymmetric = try figures(
      "signed.onnx", "--bits", "W8A4", "--clipping", "mse", "--activation-range", "asymmetric")
    #expect(symmetric.loss != asymmetric.loss)
    let adopted = try figures("signed.onnx", "--policy", "recorded.json")
    #expect(adopted.loss == asymmetric.loss)
    #expect(adopted.errors.contains("note:") && adopted.errors.contains("--activation-range asymmetric"))
    let overridden = try figures(
      "signed.onnx", "--policy", "recorded.json", "--activation-range", "symmetric")
    #expect(overridden.loss == symmetric.loss)
    #expect(overridden.errors.contains("--activation-range asymmetric, but other options are given"))
    let shown = try ProgramRun(
      ["policy", "show", "recorded.json", "--network", "signed.onnx"], in: folder)
    #expect(shown.output.contains("--activation-range asymmetric"), "\(shown.errors)")
  }

  /// The part of haq.encodings that is looked at.
  private struct Encodings: Decodable {
    struct Layer: Decodable { var activation: Quantizer }
    struct Quantizer: Decodable {
      var zeroPoint: Int

      enum CodingKeys: String, CodingKey { case zeroPoint = "zero_point" }
    }
    var layers: [Layer]
  }

  @Test("exports have the zero point, and measure what the policy does")
  func exported() throws {
    try writeRecordedPolicy()
    let expected = try figures("signed.onnx", "--policy", "recorded.json")
    _ = try haq(
      "export", "signed.onnx", "--policy", "recorded.json", "--as", "encodings", "-o", "encodings.json")
    let document = try JSONDecoder().decode(
      Encodings.self, from: Data(contentsOf: URL(filePath: "\(folder)/encodings.json")))
    let zeroPoints = document.layers.map(\.activation.zeroPoint)
    #expect(zeroPoints[0] == 0 && (1..<15).contains(zeroPoints[1]) && zeroPoints[2] == 0)
    for form in ["qcdq", "qonnx"] {
      _ = try haq(
        "export", "signed.onnx", "--policy", "recorded.json", "--as", form, "-o", "\(form).onnx")
      #expect(abs(try figures("\(form).onnx").loss - expected.loss) < 1e-5 * expected.loss)
    }
    let eight = ["--bits", "W8A8", "--activation-range", "asymmetric"]
    _ = try haq(
      "export", "signed.onnx", eight[0], eight[1], eight[2], eight[3], "--as", "qdq", "-o", "qdq.onnx")
    let (file, runtime) = (
      try figures("qdq.onnx"),
      try figures("signed.onnx", eight[0], eight[1], eight[2], eight[3], "--semantics", "runtime")
    )
    #expect(abs(file.loss - runtime.loss) < 0.01 * file.loss)
    #expect(abs(file.accuracy - runtime.accuracy) <= 0.005 + 1e-9)
  }

  @Test("forms without zero points refuse them by the names of layers", arguments: ["tensorrt", "modelopt"])
  func refused(_ form: String) throws {
    func export(_ range: String) throws -> ProgramRun {
      try ProgramRun(
        [
          "export", "signed.onnx", "--bits", "W8A8", "--activation-range", range, "--as", form, "-o", "out",
        ], in: folder)
    }
    let run = try export("asymmetric")
    #expect(run.exitCode == 1 && run.errors.contains("read values with a zero point: pointwise. Give"))
    #expect(!FileManager.default.fileExists(atPath: "\(folder)/out"))
    #expect(try export("symmetric").exitCode == 0)
  }

  @Test("a learned clip, which both signs would share, is refused by the name of a layer")
  func learnedClips() throws {
    let run = try ProgramRun(
      [
        "evaluate", "signed.onnx", "--bits", "W8A4", "--activation-range", "asymmetric", "--pact",
        "--finetune-samples", "64", "--samples", "100",
      ], in: folder)
    #expect(run.exitCode == 1)
    #expect(
      run.errors.contains("layer pointwise reads values of both signs with a zero point"), "\(run.errors)")
  }
}
