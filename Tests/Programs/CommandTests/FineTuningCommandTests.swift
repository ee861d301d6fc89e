import Documents
import Evaluation
import FixtureBuilding
import Foundation
import Testing

/// Fine-tuning as a user asks for it: its loss, its rate, and evaluators that have no such thing.
@Suite(.serialized) final class FineTuningCommandTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  init() throws {
    temporary = try TemporaryFolder()
    try TinyNetwork.write(to: "\(folder)/tiny.onnx")
    try writePictures()
  }

  private func haq(_ words: [String]) throws -> ProgramRun { try ProgramRun(words, in: folder) }

  /// 200 pictures without labels, as NumPy writes them.
  private func writePictures() throws {
    let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (200, 28, 28), }"
    let padded = header.padding(toLength: 117, withPad: " ", startingAt: 0) + "\n"
    let pixels = (0..<200 * 784).map { UInt8(truncatingIfNeeded: $0 * $0 / 7 + $0 / 784 * 29) }
    let start: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0]
    try Data(start + Array(padded.utf8) + pixels).write(to: URL(filePath: "\(folder)/pictures.npy"))
  }

  private let data = ["--data", "pictures.npy", "--objective", "divergence", "--threads", "1"]

  @Test("distillation fine-tunes on pictures without labels, and the document says which epoch was kept")
  func withoutLabels() throws {
    let run = try haq(
      [
        "finetune", "tiny.onnx", "--bits", "W3A3", "--loss", "distillation", "--epochs", "3", "--batch-size",
        "16",
      ]
        + ["-o", "tuned.onnx", "--format", "json"] + data)
    try #require(run.exitCode == 0, "\(run.errors)")
    let document = try run.document(FineTuningDocument.self)
    #expect(document.accuracyMetric == "fidelity" && document.epochs.count == 3)
    let kept = try #require(document.keptEpoch)
    #expect(kept > 0, "\(run.output)")
    let best = document.epochs.map(\.validation.accuracy).max() ?? 0
    #expect(document.epochs.first { $0.epoch == kept }?.validation.accuracy == best)
    #expect(best > document.before.accuracy)
    // No rate was given: that of the document is 0.003, or lower by a power of 4.
    let quarters = log2(0.003 / (try #require(document.learningRate))) / 2
    #expect(abs(quarters - quarters.rounded()) < 1e-9 && (0...5).contains(quarters.rounded()))
    // The same command again only reads the checkpoint.
    let again = try haq(
      [
        "finetune", "tiny.onnx", "--bits", "W3A3", "--loss", "distillation", "--epochs", "3", "--batch-size",
        "16",
      ]
        + ["-o", "again.onnx", "--checkpoint", "tuned.onnx.checkpoint", "--format", "json"] + data)
    #expect(again.output == run.output)
    let files = try ["tuned.onnx", "again.onnx"].map {
      try Data(contentsOf: URL(filePath: "\(folder)/\($0)"))
    }
    #expect(files[0] == files[1])
  }

  @Test("evaluate fine-tunes by either loss, and distillation comes nearer to the float network")
  func evaluate() throws {
    func fidelity(_ words: String...) throws -> Double {
      let run = try haq(
        ["evaluate", "tiny.onnx", "--bits", "W3A3", "--split", "validation", "--format", "json"] + words
          + data)
      try #require(run.exitCode == 0, "\(run.errors)")
      return try #require(try run.document(EvaluationDocument.self).results.policy).accuracy
    }
    let tuning = ["--finetune-samples", "1280", "--finetune-rate", "0.003"]
    let calibrated = try fidelity()
    let labels = try fidelity(tuning[0], tuning[1], tuning[2], tuning[3])
    let taught = try fidelity(tuning[0], tuning[1], tuning[2], tuning[3], "--loss", "distillation")
    #expect(taught > calibrated)
    #expect(taught != labels)
  }

  @Test("a loss without fine-tuning is a mistake in the command line")
  func nothingToTrain() throws {
    let target = ["--target", "bismo-zynq7020", "--latency", "0.8x", "--loss", "distillation"]
    for command in [
      ["evaluate", "tiny.onnx", "--bits", "W4A4", "--loss", "distillation"],
      ["pareto", "tiny.onnx"] + target,
    ] {
      let run = try haq(command)
      #expect(run.exitCode == 64 && run.errors.contains("--loss needs --finetune-samples above 0."))
    }
    let search = try haq(["search", "tiny.onnx", "--final-finetune-samples", "0"] + target)
    #expect(search.exitCode == 64)
    #expect(
      search.errors.contains("--loss needs fine-tuning, and no samples are given to fine-tune on."),
      "\(search.errors)")
    let unknown = try haq(["evaluate", "tiny.onnx", "--bits", "W4A4", "--loss", "teacher"])
    #expect(unknown.exitCode == 64 && unknown.errors.contains("distillation"))
  }

  @Test("an evaluator that has no distillation is not asked for it; a search ends before its first policy")
  func olderEvaluator() throws {
    let evaluator = ["--evaluator", try ScriptedEvaluator.write(to: folder)]
    for command in [
      ["search", "tiny.onnx", "--target", "bismo-zynq7020", "--latency", "0.8x", "-o", "run"],
      ["evaluate", "tiny.onnx", "--bits", "W4A4", "--finetune-samples", "64"],
      ["finetune", "tiny.onnx", "--bits", "W4A4", "-o", "tuned.onnx"],
    ] {
      let run = try haq(command + ["--loss", "distillation"] + evaluator)
      #expect(run.exitCode == 1)
      #expect(
        run.errors.contains(
          "the evaluator speaks haq.evaluator/1.3, which has no distillation; leave out --loss distillation"),
        "\(run.errors)")
      #expect(!run.errors.contains("evaluation 1"))
    }
  }
}
