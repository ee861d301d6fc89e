import FixtureBuilding
import Foundation
import Testing

/// Searches whose evaluator does not survive one of the policies, from the first answer to the report.
@Suite(.serialized) final class FailingEvaluatorTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  init() throws {
    temporary = try TemporaryFolder()
    try TinyNetwork.write(to: "\(folder)/tiny.onnx")
  }

  private func search(_ evaluator: String, _ more: [String]) throws -> ProgramRun {
    try ProgramRun(
      [
        "search", "tiny.onnx", "--target", "bismo-zynq7020", "--latency", "0.9x", "--search-samples", "50",
        "--method",
        "random", "--evaluations", "6", "--final-finetune-samples", "0", "--finalists", "2", "--search-ends",
        "--evaluator", evaluator, "-o", "run",
      ] + more, in: folder)
  }

  private func json(_ path: String) throws -> [String: Any] {
    try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: "\(folder)/\(path)")))
        as? [String: Any])
  }

  /// The cells of a file without quotes, by row.
  private func cells(_ path: String) throws -> [[String]] {
    try String(contentsOfFile: "\(folder)/\(path)", encoding: .utf8).split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
  }

  @Test("a list of layers can be searched with an evaluator that knows its network")
  func listOfLayers() throws {
    let layers = """
      { "schema": "haq.network/1.0", "name": "tiny", "layers": [
        { "name": "stem", "kind": "convolution", "in_channels": 1, "out_channels": 4, "input": 28, "output": 14,
          "kernel": 3, "stride": 2 },
        { "name": "depthwise", "kind": "depthwise", "in_channels": 4, "out_channels": 4, "input": 14, "output": 7,
          "kernel": 3, "stride": 2 },
        { "name": "pointwise", "kind": "convolution", "in_channels": 4, "out_channels": 8, "input": 7, "output": 7,
          "kernel": 1 },
        { "name": "classifier", "kind": "fully-connected", "in_channels": 8, "out_channels": 10 } ] }
      """
    try Data(layers.utf8).write(to: URL(filePath: "\(folder)/tiny.json"))
    let search = ["search", "tiny.json", "--target", "bismo-zynq7020", "--latency", "0.9x", "-o", "run"]
    let builtIn = try ProgramRun(search, in: folder)
    #expect(builtIn.exitCode == 1)
    #expect(
      builtIn.errors.contains(
        "tiny.json: error: a list of layers has no operations and no weights, so haq-evaluator cannot measure"
      ))
    let run = try ProgramRun(
      search + [
        "--search-samples", "50",
        "--method",
        "random", "--evaluations", "6", "--evaluator", try ScriptedEvaluator.write(to: folder),
      ], in: folder)
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(try json("run/report.json")["ending"] as? String == "completed")
  }

  @Test(
    "a policy on which the evaluator crashes or hangs is recorded as failed, and the study goes on to its end",
    arguments: [
      ("sys.exit(9)", [], "exit status 9 (3 times)"),
      ("sys.exit(9)", ["--workers", "2"], "exit status 9 (3 times)"),
      ("time.sleep(600)", ["--evaluator-timeout", "1"], "silent for 1 s (3 times)"),
    ])
  func onePolicy(victimDoes: String, options: [String], reason: String) throws {
    let run = try search(try ScriptedEvaluator.write(to: folder, victimDoes: victimDoes), options)
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(
      run.output.contains("The evaluator failed on these") && run.output.contains(reason), "\(run.output)")

    // The report names it once for every question, and nothing compared at the end is it.
    let failures = try #require(try json("run/report.json")["failures"] as? [[String: Any]])
    let failed = Set(failures.compactMap { $0["policy"] as? String })
    #expect(failed.count == 1 && failures.allSatisfy { $0["reason"] as? String == reason })

    // Every answer is in the study; of what failed there is no number.
    let export = try ProgramRun(["study", "export", "run", "-o", "files"], in: folder)
    #expect(export.exitCode == 0, "\(export.errors)")
    let evaluations = try cells("files/evaluations.csv")
    let (accuracy, loss) = (try #require(evaluations[0].firstIndex(of: "accuracy")), 7)
    #expect(evaluations[0][loss] == "loss_nats")
    let rows = evaluations.dropFirst().filter { $0.last?.contains(reason) == true }
    #expect(rows.count == failures.count && rows.allSatisfy { $0[accuracy] == "" && $0[loss] == "" })
    let curves = try cells("files/curves.csv")
    #expect(curves.count == 7 && curves.dropFirst().count { $0[1] == "" } == 1)

    // A resumed study neither asks again nor says anything else.
    let report = try Data(contentsOf: URL(filePath: "\(folder)/run/report.json"))
    #expect(try ProgramRun(["study", "resume", "run"], in: folder).exitCode == 0)
    #expect(try Data(contentsOf: URL(filePath: "\(folder)/run/report.json")) == report)

    try expectHonestPages()
  }

  /// The failed policy is no point of a chart, is not on the front, and is reported.
  private func expectHonestPages() throws {
    let report = try ProgramRun(["report", "run", "-o", "report.html"], in: folder)
    #expect(report.exitCode == 0, "\(report.errors)")
    let html = try String(contentsOfFile: "\(folder)/report.html", encoding: .utf8)
    #expect(html.contains("The evaluator failed on 1 policy"))
    // Accuracies are 2 to 8 %: nothing has 0.
    #expect(!html.contains("0.00 %,") && !html.contains("<td>0.00 %</td>"))
    #expect(html.contains("<td>failed</td>"))
    let show = try ProgramRun(["study", "show", "run"], in: folder)
    #expect(show.output.contains("1 policy failed"), "\(show.output)")
    let comparison = try ProgramRun(["study", "compare", "run", "run"], in: folder)
    #expect(comparison.output.contains("failed policies"), "\(comparison.output)")
  }

  @Test("an evaluator that fails on every policy ends the search with an error that says so")
  func everything() throws {
    let evaluator = try ScriptedEvaluator.write(to: folder, victimDoes: "pass")
    let script = "\(folder)/evaluator.py"
    let text = try String(contentsOfFile: script, encoding: .utf8)
    try Data(
      text.replacing(".index(asked) == 2", with: ".index(asked) >= 0").replacing(
        "            pass", with: "            sys.exit(9)"
      ).utf8
    )
    .write(to: URL(filePath: script))
    let run = try search(evaluator, ["--evaluations", "20"])
    #expect(run.exitCode == 1 && run.errors.contains("exit status 9"), "\(run.errors)")
  }
}
