import FixtureBuilding
import Foundation
import Testing

/// `haq search` as a user runs it, on a network so small that seconds are enough.
@Suite(.serialized) final class SearchCommandTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }
  private var run: String { "\(folder)/run" }

  init() throws {
    temporary = try TemporaryFolder()
    try TinyNetwork.write(to: "\(folder)/tiny.onnx")
  }

  private func arguments(_ more: [String], latency: String = "0.7x") -> [String] {
    [
      "search", "tiny.onnx", "--target", "bismo-zynq7020", "--latency", latency, "--search-samples", "200",
      "--final-finetune-samples", "64", "--finalists", "2", "--threads", "1", "-o", "run",
    ] + more
  }

  private func object(_ file: String) throws -> [String: Any] {
    let data = try Data(contentsOf: URL(filePath: "\(run)/\(file)"))
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  private func episodes() throws -> [[String: Any]] {
    try String(contentsOfFile: "\(run)/episodes.jsonl", encoding: .utf8).split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  @Test(
    "a search writes a policy within the budget, its log and a report",
    arguments: ["auto", "ilp", "greedy", "evolution", "ddpg", "random", "rule", "uniform"])
  func results(method: String) throws {
    let search = try ProgramRun(
      arguments(["--method", method, "--evaluations", "12", "--format", "json"]), in: folder)
    #expect(search.exitCode == 0, "\(search.errors)")
    let report = try object("report.json")
    #expect(
      try JSONSerialization.jsonObject(with: Data(search.output.utf8)) as? NSDictionary
        == report as NSDictionary)
    #expect(report["method"] as? String == method && report["ending"] as? String == "completed")
    let budget = try #require((report["budgets"] as? [[String: Any]])?.first)
    let eightBit = try #require(budget["uniform_8_bit"] as? Double)
    let searched = try #require(report["searched"] as? [String: Any])
    let latency = try #require((searched["cost"] as? [String: Double])?["latency_s"])
    #expect(latency <= 0.7 * eightBit)
    let target = try #require(report["target"] as? [String: Any])
    #expect((target["evidence"] as? [String: String])?["status"] == "inferred")
    #expect(try episodes().count == report["episodes"] as? Int)
    #expect(
      FileManager.default.fileExists(atPath: "\(run)/sensitivity.json")
        == ["auto", "ilp", "greedy"].contains(method))

    // Another command reads the policy and finds the same latency.
    let cost = try ProgramRun(
      ["cost", "tiny.onnx", "--target", "bismo-zynq7020", "--policy", "run/policy.json", "--format", "json"],
      in: folder)
    let costs = try #require(try JSONSerialization.jsonObject(with: Data(cost.output.utf8)) as? [String: Any])
    #expect((costs["total"] as? [String: Double])?["latency_s"] == latency)
  }

  @Test("what cannot work is reported before anything runs, and leaves no folder")
  func refusals() throws {
    func refused(_ arguments: [String], exitCode: Int32 = 1, _ part: String) throws {
      let search = try ProgramRun(arguments, in: folder)
      #expect(search.exitCode == exitCode && search.output == "")
      #expect(search.errors.contains(part), "\(search.errors)")
      #expect(!FileManager.default.fileExists(atPath: run))
    }
    try refused(arguments([], latency: "0.001x"), "the least reachable is")
    try refused(arguments(["--evaluations", "2"]), "--method auto needs at least")
    try refused(arguments(["--energy", "0.5x", "--weight-bytes", "0.001x"]), "does not provide energy")
    try refused(arguments(["--energy", "0.5x", "--weight-bytes", "0.001x"]), "weight bytes cannot be")
    try refused(arguments(["--weight-bytes", "3ms"]), exitCode: 64, "a size such as 1.5MB")
    try refused(arguments(["--minimize", "latency"]), exitCode: 64, "needs --accuracy-drop")
    try refused(arguments(["--targets", "bismo-vu9p"]), exitCode: 64, "Give --target, or --targets")
    try refused(arguments(["--warm-start", "x.json"]), exitCode: 64, "is for --method ddpg")
    try refused(arguments(["--demonstrate-uniform"]), exitCode: 64, "is for --method ddpg")
    try refused(arguments(["--data-folder", "nowhere"]), "nowhere")
    try refused(arguments(["--evaluations", "0"]), exitCode: 64, "must be at least 1")
    try Data("no model".utf8).write(to: URL(filePath: "\(folder)/tiny.onnx"))
    try refused(arguments([]), "tiny.onnx")
  }

  @Test("several limits hold at once, on several targets, and each is reported before anything runs")
  func limits() throws {
    let search = try ProgramRun(
      [
        "search", "tiny.onnx", "--targets", "bismo-zynq7020,bismo-vu9p", "--latency", "0.7x",
        "--weight-bytes",
        "0.8x", "--search-ends", "--evaluations", "12", "--search-samples", "100", "--final-finetune-samples",
        "0", "--finalists", "1", "--threads", "1", "-o", "run", "--format", "json",
      ], in: folder)
    #expect(search.exitCode == 0, "\(search.errors)")
    let budgets = try #require(try object("report.json")["budgets"] as? [[String: Any]])
    #expect(
      budgets.compactMap { $0["target"] as? String } == [
        "bismo-zynq7020", "bismo-zynq7020", "bismo-vu9p", "bismo-vu9p",
      ])
    for budget in budgets {
      let (limit, searched) = (budget["limit"] as? Double, budget["searched"] as? Double)
      #expect(try #require(searched) <= #require(limit))
    }
    #expect(search.errors.contains("weight bytes on bismo-vu9p: at most"))
    #expect(search.errors.contains("the least reachable is"))
  }

  @Test(
    "peak memory is a budget where the graph is known, weight bytes are one on every target",
    arguments: ["ilp", "ddpg"])
  func memoryLimits(method: String) throws {
    let search = try ProgramRun(
      [
        "search", "tiny.onnx", "--target", "bismo-zynq7020", "--peak-activation-bytes", "700B",
        "--search-ends",
        "--weight-bytes", "0.8x", "--method", method, "--evaluations", "40", "--sensitivity-samples", "8",
        "--search-samples", "100", "--final-finetune-samples", "0", "--finalists", "1", "--threads", "1",
        "-o", "run",
        "--format", "json",
      ], in: folder)
    #expect(search.exitCode == 0, "\(search.errors)")
    let budgets = try #require(try object("report.json")["budgets"] as? [[String: Any]])
    let peak = try #require(budgets.first { $0["metric"] as? String == "peak_activation_bytes" })
    // By hand: the picture of 28x28 beside the stem's 4x14x14 is the most, 784 elements each, 784 + 784 bytes at 8
    // bits and 392 at 2.
    #expect(peak["uniform_8_bit"] as? Double == 1568 && peak["least_reachable"] as? Double == 392)
    #expect(try #require(peak["searched"] as? Double) <= 700)
    #expect(search.errors.contains("peak activation bytes: at most 700 B"))
    #expect(budgets.contains { $0["metric"] as? String == "weight_bytes" })
  }

  @Test("the converse: the least latency for an accuracy")
  func accuracyDrop() throws {
    let search = try ProgramRun(
      [
        "search", "tiny.onnx", "--target", "bismo-zynq7020", "--accuracy-drop", "3", "--evaluations", "20",
        "--search-samples", "200", "--final-finetune-samples", "0", "--threads", "1", "-o", "run",
      ], in: folder)
    #expect(search.exitCode == 0, "\(search.errors)")
    let report = try object("report.json")
    let comparison = try #require(report["comparison"] as? [String: Any])
    func accuracy(_ part: Any?) throws -> Double {
      let contender = try #require(part as? [String: Any])
      return try #require((contender["validation"] as? [String: Any])?["accuracy"] as? Double)
    }
    func latency(_ part: Any?) throws -> Double {
      try #require(((part as? [String: Any])?["cost"] as? [String: Double])?["latency_s"])
    }
    #expect(try accuracy(comparison["best_uniform"]) >= accuracy(report["float"]) - 0.03)
    #expect(try latency(report["searched"]) < latency(comparison["uniform_8_bit"]))
    #expect((report["minimized"] as? [String: Any])?["accuracy_drop"] as? Double == 3)
  }

  @Test("a warm start is the agent's first policy; one that may not be chosen is refused by layer")
  func warmStart() throws {
    func policy(_ ends: Int) -> String {
      let layers = ["stem", "depthwise", "pointwise", "classifier"].map { name in
        let bits = ["stem", "classifier"].contains(name) ? ends : 3
        return "{ \"name\": \"\(name)\", \"weight_bits\": \(bits), \"activation_bits\": \(bits) }"
      }
      return "{ \"schema\": \"haq.policy/1.0\", \"network\": { \"name\": \"tiny\" }, \"layers\": [\n"
        + layers.joined(separator: ",\n") + "] }"
    }
    let more = ["--method", "ddpg", "--evaluations", "3", "--warm-start", "start.json"]
    try Data(policy(8).utf8).write(to: URL(filePath: "\(folder)/start.json"))
    let search = try ProgramRun(arguments(more), in: folder)
    #expect(search.exitCode == 0, "\(search.errors)")
    #expect(try episodes().first?["policy"] as? String == "W8A8 W3A3 W3A3 W8A8")

    try FileManager.default.removeItem(atPath: run)
    try Data(policy(4).utf8).write(to: URL(filePath: "\(folder)/start.json"))
    let refused = try ProgramRun(arguments(more), in: folder)
    #expect(refused.exitCode == 1)
    #expect(
      refused.errors.contains(
        "start.json:2:1: error: layer \"stem\" is at W4A4, which this search may not choose"))
    #expect(refused.errors.contains("layer \"classifier\""))
  }

  @Test("a run folder with something in it is not touched")
  func occupied() throws {
    try FileManager.default.createDirectory(atPath: run, withIntermediateDirectories: false)
    try Data("mine".utf8).write(to: URL(filePath: "\(run)/policy.json"))
    let search = try ProgramRun(arguments([]), in: folder)
    #expect(search.exitCode == 1 && search.errors.contains("the run folder is not empty"))
    #expect(try String(contentsOfFile: "\(run)/policy.json", encoding: .utf8) == "mine")
  }

  /// Starts a search that would take for ever, and waits until it has measured a few policies.
  private func startEndless() throws -> RunningProgram {
    let running = try RunningProgram(
      arguments(["--method", "random", "--search-ends", "--evaluations", "1000000"]), in: folder)
    let log = "\(run)/episodes.jsonl"
    while running.process.isRunning {
      if let text = try? String(contentsOfFile: log, encoding: .utf8), text.split(separator: "\n").count > 5 {
        break
      }
      usleep(20_000)
    }
    return running
  }

  /// Every file under its final name; a kill may leave a hidden one that was not yet renamed.
  private func expectReadableFolder() throws {
    let text = try String(contentsOfFile: "\(run)/episodes.jsonl", encoding: .utf8)
    #expect(text.hasSuffix("\n"))
    #expect(try episodes().count > 5)
    #expect(try object("policy.json")["schema"] as? String == "haq.policy/1.1")
    let names = try FileManager.default.contentsOfDirectory(atPath: run).filter {
      ![
        "episodes.jsonl", "policy.json", "report.json", "evaluator.log", "study.haq", "study.haq-wal",
        "study.haq-shm",
      ].contains($0) && !$0.hasPrefix(".")
    }
    #expect(names.isEmpty, "\(names)")
  }

  @Test("Ctrl-C ends with the best policy so far and exit code 130")
  func interrupt() throws {
    let search = try startEndless()
    search.process.interrupt()
    search.process.waitUntilExit()
    #expect(search.process.terminationStatus == 130)
    try expectReadableFolder()
    #expect(try object("report.json")["ending"] as? String == "stopped")
  }

  @Test("after kill -9 every file in the folder can be read")
  func killed() throws {
    let search = try startEndless()
    kill(search.process.processIdentifier, SIGKILL)
    search.process.waitUntilExit()
    #expect(search.process.terminationReason == .uncaughtSignal)
    try expectReadableFolder()
  }

  @Test("an evaluator that dies is started again, and the search goes on")
  func evaluatorDies() throws {
    let search = try startEndless()
    let before = try episodes().count
    let first = try children(of: search.process)
    #expect(first.count == 1)
    for child in first { kill(child, SIGKILL) }
    while search.process.isRunning, try episodes().count < before + 20 { usleep(20_000) }
    #expect(search.process.isRunning)
    #expect(try children(of: search.process).filter { !first.contains($0) }.count == 1)
    search.process.interrupt()
    search.process.waitUntilExit()
    #expect(search.process.terminationStatus == 130)
    try expectReadableFolder()
  }

  /// Of all threads: an evaluator is started by the thread that asks it.
  private func children(of process: Process) throws -> [Int32] {
    let tasks = "/proc/\(process.processIdentifier)/task"
    return try FileManager.default.contentsOfDirectory(atPath: tasks).flatMap { task in
      try String(contentsOfFile: "\(tasks)/\(task)/children", encoding: .utf8).split(separator: " ")
        .compactMap { Int32($0) }
    }
  }

  @Test("the latency that an evaluator measured is kept in the study and stands beside the modelled one")
  func measuredLatency() throws {
    let evaluator = try ScriptedEvaluator.write(to: folder, latencySeconds: 0.00125)
    let search = try ProgramRun(
      [
        "search", "tiny.onnx", "--target", "bismo-zynq7020", "--latency", "0.7x", "--method", "random",
        "--evaluations", "4", "--search-samples", "50", "--final-finetune-samples", "0", "-o", "run",
        "--evaluator", evaluator,
      ], in: folder)
    #expect(search.exitCode == 0, "\(search.errors)")
    #expect(search.output.contains("Latency that the evaluator measured: uniform 8 bit 1.250 ms"))
    let report = try object("report.json")
    let comparison = try #require(report["comparison"] as? [String: Any])
    for part in [report["searched"], comparison["uniform_8_bit"]] {
      let test = try #require((part as? [String: Any])?["test"] as? [String: Any])
      #expect(test["latency_s"] as? Double == 0.00125)
    }
    // Now every answer comes from the study.
    let again = try ProgramRun(["study", "resume", "run"], in: folder)
    #expect(again.output == search.output, "\(again.errors)")
  }

  @Test(
    "somebody's evaluator that dies at every question ends the search, with its status and its last words")
  func foreignEvaluatorDies() throws {
    let description = """
      {"id":1,"description":{"protocol":"haq.evaluator/1.0","program":"p","network":"tiny","layers":["stem",\
      "depthwise","pointwise","classifier"],"data":"d","training_samples":1,"validation_samples":500,"test_samples":1}}
      """
    let script = "read line\necho '\(description)'\nread line\necho no board >&2\nexit 7\n"
    try Data(script.utf8).write(to: URL(filePath: "\(folder)/evaluator.sh"))
    let search = try ProgramRun(
      [
        "search", "tiny.onnx", "--target", "bismo-zynq7020", "--latency", "0.7x", "-o", "run", "--evaluator",
        "sh evaluator.sh",
      ],
      in: folder)
    #expect(search.exitCode == 1)
    #expect(
      search.errors.contains("the evaluator `sh evaluator.sh` failed at one question 3 times (exit status 7"),
      "\(search.errors)")
    #expect(search.errors.contains("no board"))
  }
}
