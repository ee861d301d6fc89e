import Foundation

/// Workers as steps of the allocation that haq runs in, or outside of one as jobs of their own: `srun` either way.
public struct SlurmLauncher: WorkerLauncher {
  public var remote: RemoteTerms? { RemoteTerms(attempts: request.attempts) }
  private let program: LaunchProgram
  private let request: LauncherOptions
  private let options: LauncherOptions.Slurm
  private let isInsideAllocation: Bool
  private let threads: Int?

  /// - Parameters:
  ///   - request: What a worker asks of the cluster.
  ///   - threads: Of a worker, which is how many CPUs it asks for where `request` does not say; nil asks for what the
  ///     cluster gives by itself.
  ///   - environment: Of this process; `SLURM_JOB_ID` names the allocation that it runs in.
  /// - Throws: a `Diagnostic` where there is no `srun`.
  public init(
    _ request: LauncherOptions, _ options: LauncherOptions.Slurm, threads: Int?,
    environment: [String: String]
  ) throws {
    program = try LaunchProgram(
      "srun", searching: environment["PATH"],
      hint: "Start haq on a machine that submits jobs of the cluster, or leave out its launcher.")
    (self.request, self.options, self.threads) = (request, options, threads)
    isInsideAllocation = environment["SLURM_JOB_ID"] != nil
  }

  /// One task whose only process is a shell; a task that is lost would otherwise look like one that ended well.
  public func command(_ command: WorkerCommand, named name: String) -> WorkerCommand {
    let script = WorkerHello.script(
      host: "${SLURMD_NODENAME:-unknown}", job: "$SLURM_JOB_ID.$SLURM_STEP_ID")
    return WorkerCommand(
      executable: program.file,
      arguments: options(named: name) + ["/bin/sh", "-c", script, "haq-worker", command.executable.path]
        + command.arguments)
  }

  private func options(named name: String) -> [String] {
    var words = ["--nodes=1", "--ntasks=1", "--job-name=\(name)"]
    // Without it, a step takes all of its allocation and the next waits for its end.
    if isInsideAllocation { words.append("--exact") }
    if let cpus = request.cpus ?? threads { words.append("--cpus-per-task=\(cpus)") }
    if let gpus = request.gpus { words.append("--gpus-per-task=\(gpus)") }
    // Partition and time are those of the allocation, inside of one.
    if !isInsideAllocation {
      if let partition = options.partition { words.append("--partition=\(partition)") }
      if let minutes = options.timeLimitMinutes { words.append("--time=\(minutes)") }
    }
    return words + options.arguments
  }
}
