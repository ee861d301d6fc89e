import FixtureBuilding
import Foundation
import Testing

/// Searches with an evaluator of one's own that states which widths it can measure.
@Suite(.serialized) final class StatedWidthsTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  init() throws {
    temporary = try TemporaryFolder()
    try TinyNetwork.write(to: "\(folder)/tiny.onnx")
  }

  private func search(_ evaluator: String, _ more: [String]) throws -> ProgramRun {
    try ProgramRun(
      [
        "search", "tiny.onnx", "--target", "bismo-zynq7020", "--search-samples", "50",
        "--final-finetune-samples", "0", "--finalists", "2", "--search-ends", "--evaluator", evaluator, "-o",
        "run",
      ] + more, in: folder)
  }

  /// Every pair of every policy that the evaluator was asked about, from the study.
  private func askedPairs() throws -> Set<String> {
    let export = try ProgramRun(["study", "export", "run", "-o", "files"], in: folder)
    #expect(export.exitCode == 0, "\(export.errors)")
    let lines = try String(contentsOfFile: "\(folder)/files/evaluations.csv", encoding: .utf8)
      .split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    let column = try #require(lines[0].firstIndex(of: "policy"))
    return Set(lines.dropFirst().flatMap { $0[column].split(separator: " ").map(String.init) })
      .subtracting(["float"])
  }

  @Test(
    "it is asked for the widths that it states alone, and the others are counted",
    arguments: ["auto", "random", "evolution", "uniform"])
  func stated(method: String) throws {
    let evaluator = try ScriptedEvaluator.write(
      to: folder, states: #""weight_bits": [4, 6, 8], "activation_bits": [8],"#)
    // bismo-zynq7020 has every pair of 1 to 8 bits: 64, of which three remain.
    let run = try search(evaluator, ["--weight-bytes", "0.9x", "--method", method, "--evaluations", "30"])
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(
      run.errors.contains(
        "61 of 64 pairs of widths of the target are left out, those with weights of 1, 2, 3, 5, 7 bit or activations of "
          + "1-7 bit: the evaluator measures weights at 4, 6, 8 bit and activations at 8 bit"),
      "\(run.errors)")
    let pairs = try askedPairs()
    #expect(pairs.isSubset(of: ["W4A8", "W6A8", "W8A8"]) && pairs.count > 1, "\(pairs)")
  }

  @Test("the least reachable is that of the stated widths, and a limit below it is refused with both")
  func least() throws {
    let evaluator = try ScriptedEvaluator.write(
      to: folder, states: #""weight_bits": [4, 8], "activation_bits": [8],"#)
    // Half of the bits of weights are the least, where 1 bit would be an eighth.
    let run = try search(evaluator, ["--weight-bytes", "0.4x", "--method", "random", "--evaluations", "5"])
    #expect(run.exitCode == 1)
    #expect(run.errors.contains("the least reachable is 92 B (0.500x of uniform 8 bit)"), "\(run.errors)")
    #expect(run.errors.contains("62 of 64 pairs of widths of the target are left out"), "\(run.errors)")
    #expect(!FileManager.default.fileExists(atPath: "\(folder)/run"))
  }

  @Test("one that states widths which it then refuses ends the search with its own sentence, once")
  func lies() throws {
    let evaluator = try ScriptedEvaluator.write(
      to: folder, states: #""weight_bits": [4, 6, 8], "activation_bits": [8],"#, refusedBits: 6)
    let run = try search(evaluator, ["--weight-bytes", "0.9x", "--method", "auto", "--evaluations", "30"])
    #expect(run.exitCode == 1)
    #expect(run.errors.components(separatedBy: "6-bit weights are not possible").count == 2, "\(run.errors)")
    #expect(!FileManager.default.fileExists(atPath: "\(folder)/run/report.json"))
  }

  @Test("one that can measure nothing that the target has is refused with the widths of both")
  func nothingInCommon() throws {
    let evaluator = try ScriptedEvaluator.write(
      to: folder, states: #""weight_bits": [12], "activation_bits": [8],"#)
    let run = try search(evaluator, ["--latency", "0.9x", "--evaluations", "30"])
    #expect(run.exitCode == 1)
    #expect(
      run.errors.contains("no weight width that the evaluator can measure; it has 1, 2, 3, 4, 5, 6, 7, 8"),
      "\(run.errors)")
  }
}
