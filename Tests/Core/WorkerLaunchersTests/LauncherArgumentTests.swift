import Diagnostics
import FixtureBuilding
import Foundation
import Testing
import WorkerLaunchers

/// What launchers put in front of a command.
struct LauncherArgumentTests {
  private static let command = WorkerCommand(
    executable: URL(filePath: "/share/evaluator"), arguments: ["an argument"])

  private func srun(
    _ request: LauncherOptions, _ options: LauncherOptions.Slurm = .init(), threads: Int? = nil,
    more: [String: String] = [:]
  ) throws -> [String] {
    let cluster = try FakeCluster()
    let launcher = try SlurmLauncher(
      request, options, threads: threads, environment: cluster.environment.merging(more) { $1 })
    #expect(launcher.remote?.attempts == 10)
    let command = launcher.command(Self.command, named: "haq-worker-3")
    #expect(command.executable.path == cluster.folder.path("srun"))
    let shell = try #require(command.arguments.firstIndex(of: "/bin/sh"))
    #expect(command.arguments.suffix(2) == ["/share/evaluator", "an argument"])
    return Array(command.arguments[..<shell])
  }

  private static let one = ["--nodes=1", "--ntasks=1", "--job-name=haq-worker-3"]

  @Test("outside of an allocation a worker is a job with the partition, time, GPUs and CPUs of the file")
  func job() throws {
    let options = LauncherOptions.Slurm(
      partition: "gpu", timeLimitMinutes: 240, arguments: ["--constraint=a100"])
    var request = LauncherOptions(.slurm(options))
    (request.gpus, request.cpus) = (2, 8)
    #expect(
      try srun(request, options, threads: 4) == Self.one + [
        "--cpus-per-task=8", "--gpus-per-task=2", "--partition=gpu", "--time=240", "--constraint=a100",
      ])
  }

  @Test(
    "without a file, haq-evaluator asks for as many CPUs as it has threads; a program of the user's for none")
  func threads() throws {
    #expect(try srun(LauncherOptions(.slurm(.init())), threads: 4) == Self.one + ["--cpus-per-task=4"])
    #expect(try srun(LauncherOptions(.slurm(.init()))) == Self.one)
  }

  @Test("inside an allocation a worker is a step of it, which takes no more than it asks for")
  func step() throws {
    let options = LauncherOptions.Slurm(partition: "gpu", timeLimitMinutes: 240, arguments: ["--mem=4G"])
    #expect(
      try srun(LauncherOptions(.slurm(options)), options, more: ["SLURM_JOB_ID": "17"])
        == Self.one + ["--exact", "--mem=4G"])
  }

  @Test("Ray's actor asks for a CPU at least, and for the GPUs of the file")
  func ray() throws {
    let cluster = try FakeCluster()
    var request = LauncherOptions(.ray(.init()))
    request.gpus = 1
    try cluster.program("#!/bin/sh", "python")
    let launcher = try RayLauncher(
      request, .init(address: "10.0.0.5:6379", python: "python"), script: "/share/ray_worker.py",
      threads: nil, environment: cluster.environment)
    let command = launcher.command(Self.command, named: "haq-worker-1")
    #expect(command.executable.path == cluster.folder.path("python"))
    #expect(
      command.arguments == [
        "/share/ray_worker.py", "--address", "10.0.0.5:6379", "--name", "haq-worker-1", "--cpus", "1",
        "--gpus", "1",
        "--", "/share/evaluator", "an argument",
      ])
  }

  @Test("without the scheduler's program, a sentence says so")
  func missing() throws {
    let request = LauncherOptions(.slurm(.init()))
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

  @Test("what runs on this machine is started as it is")
  func local() {
    let launcher = LocalLauncher()
    #expect(launcher.command(Self.command, named: "haq-worker-1") == Self.command && launcher.remote == nil)
  }
}
