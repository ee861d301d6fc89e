import Documents
import Evaluation
import FixtureBuilding
import Foundation
import Testing

/// Corrections without training as a user asks for them.
@Suite(.serialized) final class PostTrainingCommandTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  init() throws {
    temporary = try TemporaryFolder()
    try TinyNetwork.write(to: "\(folder)/tiny.onnx")
  }

  private func haq(_ words: String...) throws -> ProgramRun { try haq(words) }

  private func haq(_ words: [String]) throws -> ProgramRun {
    let run = try ProgramRun(words + ["--threads", "1"], in: folder)
    #expect(run.exitCode == 0, "\(run.errors)")
    return run
  }

  @Test("a search measures with the recipe, its policy records it, and evaluations with the policy use it")
  func recorded() throws {
    _ = try haq(
      "search", "tiny.onnx", "--target", "bismo-zynq7020", "--latency", "0.7x", "--ptq", "fast",
      "--search-samples", "200", "--evaluations", "12", "--finalists", "2", "--final-finetune-samples", "0",
      "-o", "run")
    let text = try String(contentsOfFile: "\(folder)/run/policy.json", encoding: .utf8)
    #expect(text.contains(#""ptq": "channel-clips,bias-correction""#) && text.contains("haq.policy/1.2"))
    #expect(text.contains(#""clipping": "mse""#))
    let run = try haq("evaluate", "tiny.onnx", "--policy", "run/policy.json", "--samples", "100")
    #expect(run.errors.contains("--ptq channel-clips,bias-correction"), "\(run.errors)")
    #expect(
      run.errors.contains("ptq: channel-clips,bias-correction, on 512 images of the training split"),
      "\(run.errors)")
  }

  @Test("an exported file has the corrected weights, scales and biases: it gives the loss that was measured")
  func exported() throws {
    func losses(_ words: String...) throws -> EvaluationDocument.Results {
      let common = ["evaluate", "--samples", "200", "--format", "json", "--threads", "1"]
      let run = try ProgramRun(common + words, in: folder)
      #expect(run.exitCode == 0, "\(run.errors)")
      return try run.document(EvaluationDocument.self).results
    }
    let nearest = try #require(losses("tiny.onnx", "--bits", "W2A6", "--clipping", "mse").policy).loss
    for recipe in ["best", "equalization,learned-rounding", "fast"] {
      let measured = try #require(losses("tiny.onnx", "--bits", "W2A6", "--ptq", recipe).policy).loss
      _ = try haq(
        "export", "tiny.onnx", "--bits", "W2A6", "--ptq", recipe, "--as", "qcdq", "-o", "\(recipe).onnx")
      let exported = try losses("\(recipe).onnx").float.loss
      // Sums are the same ones, while the recipe moves the loss of this untrained network in its fourth digit.
      #expect(abs(nearest - measured) > 1e-4, "\(recipe)")
      #expect(abs(exported - measured) < 0.1 * abs(nearest - measured), "\(recipe)")
    }
  }

  @Test(
    "an export scales the constants of a normalization with the weights behind it; forms without weights refuse"
  )
  func migrated() throws {
    try NormalizedNetwork.write(to: "\(folder)/normalized.onnx")
    func results(_ network: String, _ words: [String] = []) throws -> EvaluationDocument.Results {
      let run = try haq(["evaluate", network, "--samples", "200", "--format", "json"] + words)
      return try run.document(EvaluationDocument.self).results
    }
    let plain = ["--bits", "W4A4", "--clipping", "max"]
    let recipe = plain + ["--ptq", "migration"]
    let nearest = try #require(results("normalized.onnx", plain).policy).loss
    let measured = try #require(results("normalized.onnx", recipe).policy).loss
    _ = try haq(["export", "normalized.onnx", "--as", "qcdq", "-o", "migrated.onnx"] + recipe)
    let exported = try results("migrated.onnx").float.loss
    #expect(abs(nearest - measured) > 1e-3)
    #expect(abs(exported - measured) < 0.1 * abs(nearest - measured))
    let refused = try ProgramRun(
      ["export", "normalized.onnx", "--as", "encodings", "-o", "e.json", "--threads", "1"] + recipe,
      in: folder)
    #expect(refused.exitCode == 1)
    #expect(
      refused.errors.contains("encodings has quantizers and no weights, and migration of --ptq changes both"),
      "\(refused.errors)")
  }

  @Test("agreement is named in text and document, and fine-tuning needs no labels")
  func agreement() throws {
    let run = try haq(
      "evaluate", "tiny.onnx", "--bits", "W4A8", "--ptq", "best", "--objective", "agreement", "--samples",
      "100", "--format", "json")
    let document = try run.document(EvaluationDocument.self)
    #expect(document.metric == "agreement" && document.results.float.accuracy == 1)
    #expect(document.text.contains("agreement") && !document.text.contains("top-1"))
    #expect(document.data == "fashion-mnist, classes by the float network")
  }
}
