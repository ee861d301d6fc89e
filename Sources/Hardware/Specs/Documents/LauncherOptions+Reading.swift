public import Diagnostics
public import Foundation
public import WorkerLaunchers

extension LauncherOptions {
  /// The words of `launcher`, and of `--worker-launcher` beside `local`.
  public static let launchers = ["slurm", "ray"]

  /// What such files state as their schema.
  public static var schema: String { SchemaVersion.launcher.text }

  /// Reads and checks a file, named `file` in messages; throws `Diagnostics` with every problem.
  ///
  /// - Parameter expected: The launcher that it must be of, one of `launchers`; nil allows each.
  public static func read(
    _ bytes: Data, file: String, for expected: String? = nil
  ) throws -> (options: LauncherOptions, warnings: [Diagnostic]) {
    let value = try PositionedValue.read(bytes, file: file)
    let read = try SchemaVersion.launcher.read(value, as: "the launcher options") {
      reader -> LauncherOptions? in
      guard let word = reader.required("launcher", .word(launchers)) else {
        reader.acceptAllKeys()
        return nil
      }
      if let expected, word != expected {
        reader.acceptAllKeys()
        reader.problems.add(
          "\"launcher\" is \"\(word)\"; --worker-launcher is \(expected)",
          at: reader.value(of: "launcher")?.place ?? value.place,
          hint: "Name a file for \(expected), or give --worker-launcher \(word).")
        return nil
      }
      return options(word, reader)
    }
    return (read.value, read.warnings)
  }

  private static func options(_ word: String, _ reader: ObjectReader) -> LauncherOptions? {
    let gpus = reader.optional("gpus", .integer(0...1024))
    let cpus = reader.optional("cpus", .integer(1...4096))
    let attempts = reader.optional("attempts", .integer(1...1000)).or(standardAttempts)
    let launcher = word == "slurm" ? slurm(reader).map(Launcher.slurm) : ray(reader).map(Launcher.ray)
    guard let launcher, let attempts else { return nil }
    var options = LauncherOptions(launcher)
    (options.gpus, options.cpus, options.attempts) = (gpus.value, cpus.value, attempts)
    return options
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
