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
        "search", "tiny.onnx", "--target", "bismo-zynq7020", "--latency", "0.9x", "--search-samples", "50",
        "--method", "random", "--evaluations", "12", "--final-finetune-samples", "0", "--finalists", "2",
        "--search-ends", "--threads", "1", "--evaluator", try ScriptedEvaluator.write(to: folder), "-o",
        output,
      ] + more, in: folder, environment: ["PATH": path ?? "\(folder)/bin:/usr/bin:/bin"])
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
