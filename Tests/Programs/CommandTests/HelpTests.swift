import FixtureBuilding
import Foundation
import Testing

/// The help of all commands follows one grammar.
struct HelpTests {
  /// What `--experimental-dump-help` prints of a command.
  private struct Command: Decodable {
    var commandName: String
    var abstract: String?
    var discussion: String?
    var arguments: [Argument]?
    var subcommands: [Command]?
    var shouldDisplay: Bool

    struct Argument: Decodable {
      var kind: String
      var names: [Name]?
      var valueName: String?
      var abstract: String?
      var sectionTitle: String?
      var shouldDisplay: Bool

      /// `kind` is short, long or longWithSingleDash.
      struct Name: Decodable {
        var kind: String
        var name: String
      }

      var option: String { names?.map(\.name).max { $0.count < $1.count } ?? valueName ?? "" }
    }

    /// This command and all below it, by the words that start them; without `help`, which is the parser's.
    func all(after words: [String] = []) -> [(words: String, command: Command)] {
      guard shouldDisplay, commandName != "help" else { return [] }
      let words = words + [commandName]
      return [(words.joined(separator: " "), self)] + (subcommands ?? []).flatMap { $0.all(after: words) }
    }
  }

  private struct Dump: Decodable {
    var command: Command
  }

  private let commands: [(words: String, command: Command)]

  init() throws {
    let run = try ProgramRun(["--experimental-dump-help"])
    commands = try JSONDecoder().decode(Dump.self, from: Data(run.output.utf8)).command.all()
  }

  private var arguments: [(words: String, argument: Command.Argument)] {
    commands.flatMap { words, command in
      (command.arguments ?? []).filter(\.shouldDisplay).map { (words, $0) }
    }
  }

  @Test("every command has a sentence about what it does, and examples that start with its name")
  func examples() throws {
    // `haq` has 21 commands, and some of those have more.
    #expect(commands.count > 21)
    for (words, command) in commands {
      #expect(Self.isSentence(command.abstract ?? ""), "\(words): \(command.abstract ?? "")")
      let parts = (command.discussion ?? "").components(separatedBy: "Examples:\n")
      try #require(parts.count == 2, "\(words) has no examples")
      let first = parts[1].components(separatedBy: "\n")[0]
      #expect(first.hasPrefix("  \(words)"), "\(words): \(first)")
    }
  }

  @Test("every option has a sentence; what is in parentheses after it is the default")
  func options() {
    for (words, argument) in arguments {
      let text = argument.abstract ?? ""
      let sentence = text.firstRange(of: " (default: ").map { String(text[..<$0.lowerBound]) } ?? text
      #expect(Self.isSentence(sentence), "\(words) \(argument.option): \(text)")
    }
  }

  @Test("the name of a value is one short word")
  func valueNames() {
    for (words, argument) in arguments where argument.kind == "option" {
      #expect((argument.valueName ?? "").count <= 10, "\(words) --\(argument.option)")
    }
  }

  @Test("-o is --output everywhere, and -t is --target")
  func shortNames() {
    let meanings = ["o": "output", "t": "target", "h": "help"]
    for (words, argument) in arguments {
      for name in argument.names ?? [] where name.kind == "short" {
        #expect(meanings[name.name] == argument.option, "\(words) -\(name.name)")
      }
    }
  }

  @Test("haq search groups its options; only those of every command are left without a title")
  func sections() throws {
    let search = try #require(commands.first { $0.words == "haq search" }?.command)
    let shown = (search.arguments ?? []).filter { $0.shouldDisplay && $0.kind != "positional" }
    let sections = Dictionary(grouping: shown) { $0.sectionTitle ?? "" }.mapValues { Set($0.map(\.option)) }
    #expect(sections[""] == ["version", "help"])
    #expect(
      sections["Agent (--method ddpg)"] == [
        "hidden", "warm-up", "sigma-decay", "overlap-updates", "reward-lag", "demonstrate-uniform",
        "warm-start",
      ])
    #expect(
      Set(sections.keys) == [
        "", "Network and target", "Limits", "Method", "Agent (--method ddpg)", "Fine-tuning", "Evaluator",
        "Data", "Quantization", "Workers", "Output",
      ])
  }

  @Test(
    "an option that several commands have belongs to one section in all of them that have sections for it")
  func oneSection() {
    let titled = arguments.filter { $0.argument.sectionTitle != nil }
    let sections = Dictionary(grouping: titled) { $0.argument.option }
      .mapValues { Set($0.compactMap(\.argument.sectionTitle)) }
    // In haq finetune and haq train, fine-tuning is what the command does: their section is Training.
    let several = sections.filter { $0.value.count > 1 }.keys.sorted()
    #expect(several == ["loss", "lsq", "pact", "seed"])
  }

  @Test("the commands that docs/data.md names are those with --data")
  func data() {
    let having = arguments.filter { $0.argument.option == "data" }.map(\.words)
    let named = ["search", "pareto", "sensitivity", "evaluate", "finetune", "export", "train", "measure"]
    #expect(Set(having) == Set(named.map { "haq \($0)" }))
  }

  /// From a capital letter, or the name of a data set, to a full stop.
  private static func isSentence(_ text: String) -> Bool {
    guard let first = text.first, text.hasSuffix(".") else { return false }
    return first.isUppercase || text.hasPrefix("fashion-mnist")
  }
}
