import FixtureBuilding
import Foundation
import Testing

@Suite("haq report")
final class ReportCommandTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  init() throws {
    temporary = try TemporaryFolder()
    try TinyNetwork.write(to: "\(folder)/tiny.onnx")
  }

  private func search(_ run: String, _ more: [String]) throws {
    let search = try ProgramRun(
      [
        "search", "tiny.onnx", "--target", "bismo-zynq7020", "--latency", "0.7x", "--search-samples", "200",
        "--evaluations", "12", "--final-finetune-samples", "64", "--finalists", "2", "--threads", "1", "-o",
        run,
      ] + more, in: folder)
    try #require(search.exitCode == 0, "\(search.errors)")
  }

  private func page(_ file: String) throws -> String {
    try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
  }

  private func percent(_ run: String, _ contender: String) throws -> String {
    let data = try Data(contentsOf: URL(filePath: "\(folder)/\(run)/report.json"))
    let report = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let comparison = try #require(report["comparison"] as? [String: Any])
    let part = (report[contender] ?? comparison[contender]) as? [String: Any]
    let test = try #require(part?["test"] as? [String: Any])
    return String(format: "%.2f %%", try #require(test["accuracy"] as? Double) * 100)
  }

  @Test("one study: the summary has the search's figures, pictures have numbers, nothing is fetched")
  func oneStudy() throws {
    try search("run", [])
    let report = try ProgramRun(["report", "run", "-o", "run.html"], in: folder)
    #expect(report.exitCode == 0, "\(report.errors)")
    let page = try page("run.html")
    #expect(page.contains("<p>The searched policy has \(try percent("run", "searched")) top-1 accuracy on "))
    #expect(page.contains("Uniform 8 bit has \(try percent("run", "uniform_8_bit")) and "))
    #expect(page.contains(", has \(try percent("run", "best_uniform")) and "))
    // The test pictures are the same ones, and the evaluator says which are right.
    #expect(page.contains("(two standard errors, paired: ") && !page.contains("unpaired"))
    // Five pictures of the search and one of its sensitivities, each with its numbers.
    #expect(page.matches(of: #/<svg /#).count == 6)
    #expect(page.matches(of: /<summary>The numbers: [0-9]+ rows?/).count == 6)
    #expect(page.contains("The costs of bismo-zynq7020 are inferred"))
    #expect(page.contains("haq search tiny.onnx --target bismo-zynq7020 --latency 0.7x"))
    // Every layer stands in the table of bits, and every fact in the provenance.
    #expect(page.contains("network content SHA-256"))
    // Nothing but the name space of SVG looks like an address; no script.
    let addresses = page.replacing("http://www.w3.org/2000/svg", with: "").matches(
      of: /https?:|src=|href=|<script/)
    #expect(addresses.isEmpty)

    // The same search as curves: every policy, and a best accuracy that never falls.
    let export = try ProgramRun(["study", "export", "run", "-o", "files"], in: folder)
    #expect(export.exitCode == 0, "\(export.errors)")
    let curves = try self.page("files/curves.csv").split(separator: "\n").map { $0.split(separator: ",") }
    #expect(curves[0].prefix(3) == ["policy", "accuracy", "best_accuracy"])
    #expect(curves.count - 1 == (try self.page("run/episodes.jsonl").split(separator: "\n").count))
    let best = curves.dropFirst().compactMap { Double($0[2]) }
    #expect(best == best.sorted() && best.count == curves.count - 1)
  }

  @Test("two studies: both summaries, one chart for the same cost, and what differs")
  func twoStudies() throws {
    try search("one", [])
    try search("two", ["--method", "uniform", "--seed", "2"])
    let report = try ProgramRun(["report", "one", "two", "-o", "both.html"], in: folder)
    #expect(report.exitCode == 0, "\(report.errors)")
    let page = try page("both.html")
    #expect(page.contains("<h1>one and two</h1>"))
    #expect(
      page.contains("<p>one: The searched policy has") && page.contains("<p>two: The searched policy has"))
    #expect(page.contains("Policies measured in both searches"))
    #expect(page.contains("<tr><td>method</td><td>auto</td><td>uniform</td></tr>"))
    #expect(page.contains("<tr><td>seed</td><td>1</td><td>2</td></tr>"))
  }

  @Test(
    "what cannot be reported is reported",
    arguments: [
      (["none", "-o", "x.html"], Int32(1), "none"),
      (["none", "-o", "x.pdf"], 64, "ends in .html"),
      (["a", "b", "c", "-o", "x.html"], 64, "Name one or two studies, not 3"),
      (["none", "-o", "no/x.html"], 1, "no/x.html: error: cannot write the file"),
    ])
  func refused(arguments: [String], exitCode: Int32, message: String) throws {
    let run = try ProgramRun(["report"] + arguments, in: folder)
    #expect(run.exitCode == exitCode && run.errors.contains(message), "\(run.errors)")
  }
}
