import PluginLoading

extension Confinement {
  /// What this system grants: starts `sandbox`, the program `haq-sandbox`, without a library.
  ///
  /// Throws `SandboxError` where a sandbox cannot be confined as it must be.
  package init(of sandbox: String) throws {
    let process = try SandboxProcess(
      sandbox: sandbox, library: try SealedLibrary(path: sandbox, bytes: []), limits: SandboxLimits(),
      log: PluginLog(library: "haq-sandbox") { _ in })
    _ = try process.answer(to: .destroy, for: sandbox)
    guard let confinement = process.confinement else { throw process.confused(by: .start, for: sandbox) }
    self = confinement
  }

  /// What every sandbox has, or loads nothing.
  public static let required = [
    "an allow list of system calls (seccomp)", "no capabilities and no new privileges",
    "a session without a terminal", "limits of memory, files, threads and time", "an end with haq",
    "the memory of haq hidden",
  ]

  /// What a sandbox has where the kernel, or the container, grants it.
  public static let bestEffort = ["Landlock", "namespaces of users, processes, network, IPC and mounts"]
}
