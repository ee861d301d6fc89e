import Diagnostics
import Evaluation
import FixtureBuilding
import Foundation
import Specs
import Testing
import WorkerLaunchers

/// What launchers put in front of an evaluator.
struct LauncherArgumentTests {
  private func srun(
    _ request: LauncherDocument, _ options: LauncherDocument.Slurm = .init(), threads: Int? = nil,
    more: [String: String] = [:]
  ) throws -> [String] {
    let cluster = try FakeCluster()
    let launcher = try SlurmLauncher(
      request, options, threads: threads, environment: cluster.environment.merging(more) { $1 })
    let launch = launcher.launch(cluster.evaluator, worker: 3)
    #expect(launch.executable.path == cluster.folder.path("srun"))
    // Messages and studies name the evaluator, wherever it runs.
    #expect(launch.command == "evaluator an argument" && launch.restarts == 2)
    let shell = try #require(launch.arguments.firstIndex(of: "/bin/sh"))
    #expect(launch.arguments.suffix(2) == [cluster.folder.path("evaluator"), "an argument"])
    return Array(launch.arguments[..<shell])
  }

  private static let one = ["--nodes=1", "--ntasks=1", "--job-name=haq-worker-3"]

  @Test("outside of an allocation a worker is a job with the partition, time, GPUs and CPUs of the file")
  func job() throws {
    let options = LauncherDocument.Slurm(
      partition: "gpu", timeLimitMinutes: 240, arguments: ["--constraint=a100"])
    var request = LauncherDocument(.slurm(options))
    (request.gpus, request.cpus) = (2, 8)
    #expect(
      try srun(request, options, threads: 4) == Self.one + [
        "--cpus-per-task=8", "--gpus-per-task=2", "--partition=gpu", "--time=240", "--constraint=a100",
      ])
  }

  @Test(
    "without a file, haq-evaluator asks for as many CPUs as it has threads; a program of the user's for none")
  func threads() throws {
    #expect(try srun(LauncherDocument(.slurm(.init())), threads: 4) == Self.one + ["--cpus-per-task=4"])
    #expect(try srun(LauncherDocument(.slurm(.init()))) == Self.one)
  }

  @Test("inside an allocation a worker is a step of it, which takes no more than it asks for")
  func step() throws {
    let options = LauncherDocument.Slurm(partition: "gpu", timeLimitMinutes: 240, arguments: ["--mem=4G"])
    #expect(
      try srun(LauncherDocument(.slurm(options)), options, more: ["SLURM_JOB_ID": "17"])
        == Self.one + ["--exact", "--mem=4G"])
  }

  @Test("Ray's actor asks for a CPU at least, and for the GPUs of the file")
  func ray() throws {
    let cluster = try FakeCluster()
    var request = LauncherDocument(.ray(.init()))
    request.gpus = 1
    let launcher = try RayLauncher(
      request, .init(address: "10.0.0.5:6379", python: "evaluator"), script: "/share/ray_worker.py",
      threads: nil,
      environment: cluster.environment)
    let launch = launcher.launch(cluster.evaluator, worker: 1)
    #expect(launch.executable.path == cluster.folder.path("evaluator"))
    #expect(
      launch.arguments == [
        "/share/ray_worker.py", "--address", "10.0.0.5:6379", "--name", "haq-worker-1", "--cpus", "1",
        "--gpus", "1",
        "--", cluster.folder.path("evaluator"), "an argument",
      ])
  }

  @Test("without the scheduler's program, a sentence says so")
  func missing() throws {
    let request = LauncherDocument(.slurm(.init()))
    let slurm = #expect(throws: Diagnostic.self) {
      try SlurmLauncher(request, .init(), threads: nil, environment: ["PATH": "/nowhere"])
    }
    #expect(slurm?.text.contains("no folder of PATH has the program srun") == true)
    let ray = #expect(throws: Diagnostic.self) {
      try RayLauncher(
        request, .init(python: "/nowhere/python"), script: "s", threads: nil, environment: [:])
    }
    #expect(ray?.text.contains("/nowhere/python is no program that can be run") == true)
  }

  @Test("evaluators of this machine are started as they are")
  func local() throws {
    let cluster = try FakeCluster()
    let launch = LocalLauncher().launch(cluster.evaluator, worker: 1)
    #expect(launch.executable == cluster.evaluator.executable && launch.remote == nil)
  }
}
