import Foundation

/// The help texts of all commands: the part of `--experimental-dump-help` that examples are in.
struct HelpDump: Decodable {
  struct Command: Decodable {
    var commandName: String
    var discussion: String?
    var arguments: [Argument]?
    var subcommands: [Command]?
  }

  struct Argument: Decodable {
    struct Name: Decodable { var name: String }
    var names: [Name]?
  }

  var command: Command

  static func read() throws -> HelpDump {
    try JSONDecoder().decode(HelpDump.self, from: Data(ProgramRun(["--experimental-dump-help"]).output.utf8))
  }
}

extension HelpDump.Command {
  private func path(below path: String) -> String { path.isEmpty ? commandName : "\(path) \(commandName)" }

  /// The examples of this command and of those below it; they are indented in the discussion.
  func examples(above path: String) -> [Example] {
    let name = self.path(below: path)
    let lines = discussion?.components(separatedBy: "\n").filter { $0.hasPrefix("  ") } ?? []
    return Example.commands(in: lines).map { Example(source: "\(name) --help", command: $0) }
      + (subcommands ?? []).flatMap { $0.examples(above: name) }
  }

  /// The commands that do something, not those that only group others; ArgumentParser adds `help`.
  func leaves(above path: String) -> [(path: String, command: Self)] {
    let name = self.path(below: path)
    guard let subcommands, !subcommands.isEmpty else { return commandName == "help" ? [] : [(name, self)] }
    return subcommands.flatMap { $0.leaves(above: name) }
  }

  func has(option: String) -> Bool {
    (arguments ?? []).contains { ($0.names ?? []).contains { $0.name == option } }
  }
}
