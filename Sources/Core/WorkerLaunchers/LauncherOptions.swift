/// What each worker asks of a cluster; `docs/launchers.md` has the format of the file.
public struct LauncherOptions: Hashable, Sendable {
  public var launcher: Launcher
  /// Accelerators of a worker; nil asks for none.
  public var gpus: Int?
  /// CPU cores of a worker; nil leaves it to haq.
  public var cpus: Int?
  /// How often a worker is launched in a row without coming up, until it is given up.
  public var attempts = Self.standardAttempts

  public static let standardAttempts = 10

  /// Which scheduler, and what only it knows.
  public enum Launcher: Hashable, Sendable {
    case slurm(Slurm)
    case ray(Ray)
  }

  public struct Slurm: Hashable, Sendable {
    /// Nil is the cluster's default.
    public var partition: String?
    /// Minutes that a worker may run; nil is the partition's limit.
    public var timeLimitMinutes: Int?
    /// Further options of `srun`, each one word.
    public var arguments: [String]

    public init(partition: String? = nil, timeLimitMinutes: Int? = nil, arguments: [String] = []) {
      (self.partition, self.timeLimitMinutes, self.arguments) = (partition, timeLimitMinutes, arguments)
    }
  }

  public struct Ray: Hashable, Sendable {
    /// Of the cluster, such as `10.0.0.5:6379`.
    public var address: String
    /// The Python that has Ray.
    public var python: String

    public static let standardAddress = "auto"
    public static let standardPython = "python3"

    public init(address: String = Self.standardAddress, python: String = Self.standardPython) {
      (self.address, self.python) = (address, python)
    }
  }

  public init(_ launcher: Launcher) { self.launcher = launcher }
}
