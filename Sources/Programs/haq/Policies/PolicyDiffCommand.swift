import ArgumentParser
import Diagnostics
import Documents
import Specs

/// `haq policy diff`: the layers whose bits differ between two files.
struct PolicyDiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Shows the layers whose bits differ between two policies.",
    discussion: """
      Examples:
        haq policy diff edge.json cloud.json

      Exit codes: 0 equal bits, 1 different bits or an error, 64 a mistake in the command line.
      """)

  @Argument(help: "First policy file (haq.policy/1).")
  var first: String

  @Argument(help: "Second policy file (haq.policy/1).")
  var second: String

  @OptionGroup var format: FormatOption

  func run() throws {
    let document = PolicyDiffDocument(try side(first), try side(second))
    try format.print(document, text: document.text)
    if !document.differences.isEmpty { throw ExitCode(1) }
  }

  private func side(_ file: String) throws -> PolicyDiffDocument.Side {
    let entries = try PolicyFile(file).document.layers
    var names: Set<String> = []
    for entry in entries where !names.insert(entry.name).inserted {
      throw Diagnostic("layer \"\(entry.name)\" appears twice", at: entry.place ?? .init(file: file))
    }
    return PolicyDiffDocument.Side(file: file, layers: entries.map { ($0.name, $0.precision) })
  }
}
