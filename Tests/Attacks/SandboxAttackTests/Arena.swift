import FixtureBuilding
import Foundation
import Isolation

/// The folders that attacks aim at, and the programs where an ordinary user may run them.
final class Arena {
  let folder: TemporaryFolder
  var base: String { folder.path("base") }
  var arena: String { folder.path("arena") }
  private let setting: Setting
  private let programs: [String]

  /// - Parameter library: the plugin that attacks.
  init(_ setting: Setting, library: Result<Data, any Error> = AttackLibrary.plain) throws {
    self.setting = setting
    folder = try TemporaryFolder()
    try folder.write("readable", to: "base/readable.txt")
    try folder.write("victim", to: "arena/victim.txt")
    try folder.write("secret", to: "arena/secret.txt")
    try FileManager.default.createDirectory(
      atPath: folder.path("arena/folder"), withIntermediateDirectories: false)
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("base/link-to-secret"), withDestinationPath: folder.path("arena/secret.txt"))
    try library.get().write(to: URL(filePath: folder.path("base/code.so")))
    programs = try Self.programs(for: setting, in: folder)
    guard geteuid() == 0 else { return }
    // Readable to the ordinary user, who owns what he is robbed of.
    try Self.command("/bin/chmod", "-R", "a+rX", folder.path)
    if !setting.isRoot { try Self.command("/bin/chown", "-R", "-h", "12345:12345", base, arena) }
  }

  /// Paths of the two programs; copies, where a folder above them is closed to the ordinary user.
  private static func programs(for setting: Setting, in folder: TemporaryFolder) throws -> [String] {
    let built = try ["attack-victim", "haq-sandbox"].map(Places.builtLibrary)
    let isOpen = try setting.user.isEmpty || command(setting.user + ["/usr/bin/test", "-x", built[0]]) == 0
    guard !isOpen else { return built }
    return try built.map { program in
      let copy = folder.path(URL(filePath: program).lastPathComponent)
      try FileManager.default.copyItem(atPath: program, toPath: copy)
      return copy
    }
  }

  private static func command(_ words: [String]) throws -> Int32 {
    try CompilerRun(words[0], Array(words.dropFirst())).exitCode
  }

  private static func command(_ words: String...) throws {
    let run = try CompilerRun(words[0], Array(words.dropFirst()))
    guard run.exitCode == 0 else { throw Failure(text: run.output) }
  }

  struct Failure: Error, CustomStringConvertible {
    var text: String
    var description: String { text }
  }

  /// The command that makes attacks, as the setting's user.
  func command(_ attacks: [String]) -> [String] {
    setting.user + [
      programs[0], programs[1], folder.path("base/code.so"), base, arena, attacks.joined(separator: ","),
      "\(setting.bestEffort.rawValue)",
    ]
  }

  func process(_ command: [String]) -> (process: Process, output: Pipe) {
    let process = Process()
    process.executableURL = URL(filePath: command[0])
    process.arguments = Array(command.dropFirst())
    process.environment = ["SECRET_TOKEN": "hunter2", "PATH": "/usr/bin:/bin"]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    process.standardInput = FileHandle.nullDevice
    return (process, output)
  }

  func run(_ attacks: [String]) throws -> AttackRun { try run(command: command(attacks)) }

  func run(command: [String]) throws -> AttackRun {
    let (process, output) = process(command)
    try process.run()
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    let text = String(decoding: bytes, as: UTF8.self)
    return AttackRun(
      lines: text.split(whereSeparator: \.isNewline).map(String.init), status: process.terminationStatus)
  }

  /// Names, modes, owners, times and contents of all files that attacks aim at.
  func snapshot() throws -> [String: String] {
    var found: [String: String] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
      var status = stat()
      guard lstat(folder.path(path), &status) == 0 else { continue }
      let content = FileManager.default.contents(atPath: folder.path(path))?.hashValue ?? 0
      found[path] =
        "\(status.st_mode) \(status.st_uid) \(status.st_gid) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec) "
        + "\(status.st_ctim.tv_sec).\(status.st_ctim.tv_nsec) \(status.st_size) \(content)"
    }
    return found
  }
}

/// The plugin that attacks, compiled as any plugin is.
enum AttackLibrary {
  static let plain = Result { try compiled([]) }

  /// Makes the attacks `constructorAttacks` while it is loaded; its answers are then about these.
  static let inConstructor = Result {
    try compiled(["IN_CONSTRUCTOR=\"\(constructorAttacks.joined(separator: ","))\""])
  }

  static let constructorAttacks = [
    "io-uring", "open-write", "creat", "fork", "execve", "socket-inet", "shmget", "code-anywhere", "flock",
    "own-limit", "set-signal", "fchmod",
  ]

  private static func compiled(_ defines: [String]) throws -> Data {
    let folder = Places.package + "/Tests/Attacks/Plugin/"
    let sources = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".c") }
    let made = try TemporaryFolder()
    try FixtureLibrary.compile(
      sources.sorted().map { folder + $0 } + ["-lm"], defines: defines, to: made.path("a.so"))
    return try withExtendedLifetime(made) { try Data(contentsOf: URL(filePath: $0.path("a.so"))) }
  }
}
