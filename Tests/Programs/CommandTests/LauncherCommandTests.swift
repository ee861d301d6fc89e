import Documents
import FixtureBuilding
import Foundation
import Testing

/// Searches whose workers are started by an `srun` of shell; `make test-cluster` has a real one.
@Suite(.serialized) final class LauncherCommandTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  init() throws {
    temporary = try TemporaryFolder()
    try TinyNetwork.write(to: "\(folder)/tiny.onnx")
    try program(
      """
      #!/bin/sh
      while [ "${1#-}" != "$1" ]; do shift; done
      echo "srun: job 17 queued and waiting for resources" >&2
      export SLURMD_NODENAME=node1 SLURM_JOB_ID=17 SLURM_STEP_ID=0
      exec "$@"
      """)
  }

  private func program(_ text: String, named name: String = "srun") throws {
    let path = try temporary.write(text + "\n", to: "bin/\(name)")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
  }

  private func search(_ output: String, _ more: [String], path: String? = nil) throws -> ProgramRun {
    try ProgramRun(
      [
        "search", "tiny.onnx", "--latency", "0.9x", "--search-samples", "50",
        "--method", "random", "--evaluations", "12", "--final-finetune-samples", "0", "--finalists", "2",
        "--search-ends", "--threads", "1", "--evaluator", try ScriptedEvaluator.write(to: folder), "-o",
        output,
      ] + (more.contains("--target") ? [] : ["--target", "bismo-zynq7020"]) + more, in: folder,
      environment: ["PATH": path ?? "\(folder)/bin:/usr/bin:/bin"])
  }

  private func files(_ run: String) throws -> [Data] {
    try ["policy.json", "episodes.jsonl", "report.json"].map {
      try Data(contentsOf: URL(filePath: "\(folder)/\(run)/\($0)"))
    }
  }

  private func write(_ options: String) throws {
    try temporary.write(options, to: "cluster.json")
  }

  private static let slurm = ["--worker-launcher", "slurm"]

  @Test(
    "workers of a cluster find what one on this machine finds, byte for byte; workers.log says who did what")
  func same() throws {
    #expect(try search("local", []).exitCode == 0)
    let run = try search("cluster", Self.slurm + ["--workers", "3"])
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(try files("cluster") == files("local"))
    #expect(run.errors.contains("3 evaluators by slurm of your program\n"))
    #expect(run.errors.contains("is up on node1 (job 17.0, "))
    #expect(run.errors.contains("3 workers on 1 host: "))
    let log = try String(contentsOfFile: "\(folder)/cluster/workers.log", encoding: .utf8)
    let totals = log.matches(of: /worker [1-3]: host node1, evaluations (\d+), restarts 0, queue [\d.]+ s/)
    #expect(totals.count == 3, "\(log)")
    let evaluations = totals.compactMap { Int($0.1) }.reduce(0, +)
    let host = log.firstMatch(
      of: /host node1: workers 3, evaluations (\d+), deaths 0, busy (\d+) %, [\d.]+ a minute/)
    #expect(host.flatMap { Int($0.1) } == evaluations, "\(log)")
    #expect(host.flatMap { Int($0.2) }.map { (0...100).contains($0) } == true)
    let recorded = try ProgramRun(["study", "export", "cluster", "-o", "export"], in: folder)
    #expect(recorded.exitCode == 0)
    let rows =
      try String(contentsOfFile: "\(folder)/export/evaluations.csv", encoding: .utf8)
      .split(separator: "\n").count - 1
    // A worker may answer a question that nobody asks in the end; every recorded answer is of one of them.
    #expect(totals.compactMap { Int($0.1) }.reduce(0, +) >= rows)
    // The study has hosts, and counts recorded answers alone; another machine's queue is no figure of this one.
    let shown = try ProgramRun(["study", "show", "cluster", "--format", "json"], in: folder)
    let workers = try #require(try shown.document(StudyDescriptionDocument.self).workers)
    #expect(workers.map(\.evaluations).reduce(0, +) == rows)
    #expect(workers.allSatisfy { $0.host == "node1" && $0.job == "17.0" && $0.restarts == 0 })
    #expect(workers.allSatisfy { $0.queueSeconds.map { $0 > 0 } == true })
    let here = try ProgramRun(["study", "show", "local", "--format", "json"], in: folder)
    let alone = try #require(try here.document(StudyDescriptionDocument.self).workers)
    #expect(alone.map(\.restarts) == [0] && alone[0].queueSeconds == nil && alone[0].job == nil)
    let evaluatorLog = try String(contentsOfFile: "\(folder)/cluster/evaluator-2.log", encoding: .utf8)
    #expect(evaluatorLog.contains("queued and waiting for resources"))
    #expect(!FileManager.default.fileExists(atPath: "\(folder)/local/workers.log"))
  }

  @Test("a resumed study launches its workers as it did")
  func resume() throws {
    try write(#"{"schema": "haq.launcher/1.0", "launcher": "slurm", "partition": "p"}"#)
    #expect(
      try search("run", Self.slurm + ["--launcher-options", "cluster.json"]).exitCode == 0)
    let before = try files("run")
    try FileManager.default.removeItem(atPath: "\(folder)/run/report.json")
    let resumed = try ProgramRun(
      ["study", "resume", "run"], in: folder, environment: ["PATH": "\(folder)/bin:/usr/bin:/bin"])
    #expect(resumed.exitCode == 0, "\(resumed.errors)")
    #expect(resumed.errors.contains("1 evaluator by slurm of your program"))
    #expect(try files("run") == before)
  }

  /// A target whose program is lost at one of its points, unless it was before or runs on this machine.
  private func makeTarget(_ name: String) throws {
    let made = try ProgramRun(
      ["new", "target", name, "--kind", "program", "--language", "python"], in: folder)
    #expect(made.exitCode == 0, "\(made.errors)")
    try temporary.write(
      """
      import os, signal
      import haq_costs

      def cost(layer, weight_bits, activation_bits, batch):
          open("asked", "a").write("x")
          if os.path.getsize("asked") == 12 and "SLURM_JOB_ID" in os.environ:
              os.kill(os.getppid(), signal.SIGKILL)
              os._exit(0)
          seconds = batch * layer.macs * weight_bits * activation_bits / 1e12
          return {"cost": {"latency_s": seconds}, "spread": 0.01, "repetitions": 25, "least_s": seconds / 2}

      haq_costs.serve(
          cost, program="board 1", device="a board", measured=True, parameters={"bit_products_per_s": 1e12},
          precisions=[f"W{w}A{a}" for w in range(1, 9) for a in range(1, 9)])
      """, to: "\(name)/\(name).py")
  }

  private func measure(_ name: String, _ more: [String] = []) throws -> ProgramRun {
    try ProgramRun(
      [
        "measure", "--target", "\(name)/\(name).json", "--network", "fashion-mobilenet-v1", "--only",
        "W4A8,W8A8", "-o", "\(name).csv", "--format", "json",
      ] + more, in: folder, environment: ["PATH": "\(folder)/bin:/usr/bin:/bin"])
  }

  /// The option that runs a cost program on the cluster.
  private func onCluster() throws -> [String] {
    try temporary.write(#"{"schema": "haq.launcher/1.0", "launcher": "slurm"}"#, to: "board.json")
    return ["--program-launcher", "board.json"]
  }

  /// A table without the times at which points were measured.
  private func table(_ name: String) throws -> [[Substring]] {
    let lines = try String(contentsOfFile: "\(folder)/\(name).csv", encoding: .utf8).split(separator: "\n")
      .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    let position = try #require(lines.first?.firstIndex { $0 == "x-measured_at" })
    return lines.map { line in Array(line[..<position]) + line[(position + 1)...] }
  }

  @Test("a measurement whose job is lost has the table of one on this machine, and nothing is measured twice")
  func measurement() throws {
    try makeTarget("here")
    try makeTarget("there")
    let local = try measure("here")
    #expect(local.exitCode == 0, "\(local.errors)")
    let run = try measure("there", try onCluster())
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(try table("there") == table("here"))
    #expect(run.errors.contains("the cost program is up on node1 (job 17.0, "), "\(run.errors)")
    #expect(
      run.errors.contains("the cost program died and is started again: the cost program `python3 there.py`"))
    #expect(run.errors.contains("` on node1 was lost (killed by signal 9)"))
    func asked(_ name: String) throws -> Int {
      try Data(contentsOf: URL(filePath: "\(folder)/\(name)/asked")).count
    }
    #expect(try asked("there") == asked("here") + 1)
    // What this machine did meanwhile says nothing of the board's.
    #expect(try local.document(MeasurementDocument.self).machine != nil)
    #expect(try run.document(MeasurementDocument.self).machine == nil)
    let again = try measure("there", try onCluster())
    #expect(try again.exitCode == 0 && asked("there") == asked("here") + 1)
  }

  @Test("a search may ask its target on a cluster, too; a target that has no program is not launched")
  func costs() throws {
    try makeTarget("there")
    let launched = try search("run", ["--target", "there/there.json"] + (try onCluster()))
    #expect(launched.exitCode == 0, "\(launched.errors)")
    #expect(launched.errors.contains("the cost program is up on node1 (job 17.0, "), "\(launched.errors)")
    // The answers are recorded here, so that the same search on this machine asks nothing.
    let asked = try Data(contentsOf: URL(filePath: "\(folder)/there/asked")).count
    #expect(try search("local", ["--target", "there/there.json"]).exitCode == 0)
    #expect(try Data(contentsOf: URL(filePath: "\(folder)/there/asked")).count == asked)
    #expect(try files("run").dropLast() == files("local").dropLast())
    let none = try ProgramRun(
      ["cost", "fashion-mobilenet-v1", "--target", "bismo-zynq7020"] + (try onCluster()), in: folder)
    #expect(none.exitCode == 1)
    #expect(
      none.errors.contains("board.json: error: no cost program is launched: the costs of bismo-zynq7020"),
      "\(none.errors)")
  }

  @Test("a scheduler that refuses, or is not there, is an error at once")
  func refused() throws {
    try program("#!/bin/sh\necho 'srun: error: invalid partition specified: gpuu' >&2\nexit 1")
    let run = try search("run", Self.slurm + ["--workers", "2"])
    #expect(run.exitCode == 1)
    #expect(run.errors.contains("ended before the evaluator ran (exit status 1"), "\(run.errors)")
    #expect(run.errors.contains("srun: error: invalid partition specified: gpuu"))
    let without = try search("other", Self.slurm, path: "/nowhere")
    #expect(without.exitCode == 1 && without.errors.contains("no folder of PATH has the program srun"))
    let ray = try search("third", ["--worker-launcher", "ray"], path: "/nowhere")
    #expect(ray.exitCode == 1 && ray.errors.contains("no folder of PATH has the program python3"))
  }

  @Test("a measurement that is refused says so, and one in a queue ends by Ctrl-C")
  func noMeasurement() throws {
    try makeTarget("board")
    try program("#!/bin/sh\necho 'srun: error: invalid partition specified: gpuu' >&2\nexit 1")
    let refused = try measure("board", try onCluster())
    #expect(refused.exitCode == 1)
    #expect(refused.errors.contains("ended before the program ran (exit status 1)"), "\(refused.errors)")
    try program("#!/bin/sh\ntouch '\(folder)/called'\nexec sleep 600")
    let running = try RunningProgram(
      [
        "measure", "--target", "board/board.json", "--network", "fashion-mobilenet-v1", "--only", "W8A8",
        "-o", "board.csv",
      ] + (try onCluster()), in: folder, environment: ["PATH": "\(folder)/bin:/usr/bin:/bin"])
    for _ in 0..<6000 where !FileManager.default.fileExists(atPath: "\(folder)/called") { usleep(10_000) }
    kill(running.process.processIdentifier, SIGINT)
    running.process.waitUntilExit()
    #expect(running.process.terminationStatus == 130)
  }

  @Test("mistakes in the options are named with their place")
  func mistakes() throws {
    try write(#"{"schema": "haq.launcher/1.0", "launcher": "slurm", "gpu": 1}"#)
    let key = try search("run", Self.slurm + ["--launcher-options", "cluster.json"])
    #expect(key.exitCode == 1)
    #expect(
      key.errors.contains("cluster.json:1:53: error: the launcher options has no key \"gpu\""),
      "\(key.errors)")
    #expect(key.errors.contains("Did you mean \"gpus\"?"))
    let local = try search("run", ["--launcher-options", "cluster.json"])
    #expect(
      local.exitCode == 64
        && local.errors.contains("--launcher-options is for --worker-launcher slurm or ray"))
    let word = try search("run", ["--worker-launcher", "kubernetes"])
    #expect(word.exitCode == 64 && word.errors.contains("kubernetes"))
  }
}
