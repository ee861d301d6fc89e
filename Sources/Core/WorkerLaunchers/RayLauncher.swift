import Foundation

/// Workers in actors of a Ray cluster, each behind `ray_worker.py`, which passes on lines.
public struct RayLauncher: WorkerLauncher {
  public var remote: RemoteTerms? { RemoteTerms(attempts: request.attempts) }
  private let program: LaunchProgram
  private let script: String
  private let request: LauncherOptions
  private let options: LauncherOptions.Ray
  private let threads: Int?

  /// - Parameters:
  ///   - request: What a worker asks of the cluster.
  ///   - script: The path of `ray_worker.py`.
  ///   - threads: Of a worker, which is how many CPUs it asks for where `request` does not say; nil asks for 1.
  ///   - environment: Of this process.
  /// - Throws: a `Diagnostic` where the Python program does not exist.
  public init(
    _ request: LauncherOptions, _ options: LauncherOptions.Ray, script: String, threads: Int?,
    environment: [String: String]
  ) throws {
    program = try LaunchProgram(
      options.python, searching: environment["PATH"],
      hint: "Name the Python that has Ray under \"python\" in the launcher's file (docs/launchers.md).")
    (self.request, self.options, self.threads) = (request, options, threads)
    self.script = script
  }

  public func command(_ command: WorkerCommand, named name: String) -> WorkerCommand {
    WorkerCommand(
      executable: program.file,
      arguments: [
        script, "--address", options.address, "--name", name,
        "--cpus", "\(request.cpus ?? threads ?? 1)", "--gpus", "\(request.gpus ?? 0)", "--",
        command.executable.path,
      ] + command.arguments)
  }
}
