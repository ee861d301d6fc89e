public import Diagnostics
public import Foundation

/// What each worker asks of a cluster; the format is `docs/launchers.md`.
public struct LauncherDocument: Hashable, Sendable {
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

  /// The words of `launcher`, and of `--worker-launcher` beside `local`.
  public static let launchers = ["slurm", "ray"]

  public init(_ launcher: Launcher) { self.launcher = launcher }

  /// What such files state as their schema.
  public static var schema: String { SchemaVersion.launcher.text }

  /// Reads and checks a file, named `file` in messages; throws `Diagnostics` with every problem.
  ///
  /// - Parameter expected: The launcher that it must be of, one of `launchers`.
  public static func read(
    _ bytes: Data, file: String, for expected: String
  ) throws -> (document: LauncherDocument, warnings: [Diagnostic]) {
    let value = try PositionedValue.read(bytes, file: file)
    let read = try SchemaVersion.launcher.read(value, as: "the launcher options") {
      reader -> LauncherDocument? in
      guard let word = reader.required("launcher", .word(launchers)) else {
        reader.acceptAllKeys()
        return nil
      }
      guard word == expected else {
        reader.acceptAllKeys()
        reader.problems.add(
          "\"launcher\" is \"\(word)\"; --worker-launcher is \(expected)",
          at: reader.value(of: "launcher")?.place ?? value.place,
          hint: "Name a file for \(expected), or give --worker-launcher \(word).")
        return nil
      }
      return document(word, reader)
    }
    return (read.value, read.warnings)
  }

  private static func document(_ word: String, _ reader: ObjectReader) -> LauncherDocument? {
    let gpus = reader.optional("gpus", .integer(0...1024))
    let cpus = reader.optional("cpus", .integer(1...4096))
    let attempts = reader.optional("attempts", .integer(1...1000)).or(standardAttempts)
    let launcher = word == "slurm" ? slurm(reader).map(Launcher.slurm) : ray(reader).map(Launcher.ray)
    guard let launcher, let attempts else { return nil }
    var document = LauncherDocument(launcher)
    (document.gpus, document.cpus, document.attempts) = (gpus.value, cpus.value, attempts)
    return document
  }

  private static func slurm(_ reader: ObjectReader) -> Slurm? {
    let partition = reader.optional("partition", .text)
    // A year is longer than any partition allows.
    let limit = reader.optional("time_limit_min", .integer(1...525_600))
    let arguments = reader.optional("arguments", .list(of: argument)).or([])
    return arguments.map {
      Slurm(partition: partition.value, timeLimitMinutes: limit.value, arguments: $0)
    }
  }

  /// What starts no option would be the command that `srun` runs.
  private static let argument = Form<String>.text.then { text, value, name, problems -> String? in
    if text.hasPrefix("-"), text != "--" { return text }
    problems.add(
      "\(name) is \"\(text)\"; each entry is one option of srun with its value, such as \"--constraint=a100\"",
      at: value.place)
    return nil
  }

  private static func ray(_ reader: ObjectReader) -> Ray? {
    let address = reader.optional("address", .text).or(Ray.standardAddress)
    let python = reader.optional("python", .text).or(Ray.standardPython)
    guard let address, let python else { return nil }
    return Ray(address: address, python: python)
  }
}
