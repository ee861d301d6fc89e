import ArgumentParser
import Core
import Diagnostics
import Documents
import Foundation
import Specs

/// `haq policy apply`: a policy file with the bits of some layers changed.
struct PolicyApplyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Changes the bits of layers and writes a new policy file.",
    discussion: """
      A layer may be a pattern with * and ?, as in a shell. Of two changes to one layer, the later one counts. The new \
      file leaves out recorded costs and accuracy, which no longer hold.

      Examples:
        haq policy apply w4a6.json --set 'block?.depthwise=W8A4' --set classifier=W8A8 -o edited.json
      """)

  @Argument(help: "Policy file to start from (haq.policy/1).")
  var file: String

  @Option(
    help: ArgumentHelp(
      "Change to make, such as stem=W8A8; repeat the option for more.", valueName: "layer=bits"),
    transform: change)
  var set: [Change]

  @Option(
    name: [.customShort("o"), .long], help: ArgumentHelp("Policy file to write.", valueName: "file.json"))
  var output: String

  @OptionGroup var force: ForceOption
  @OptionGroup var format: FormatOption

  /// New bits for the layers that a pattern names.
  struct Change {
    var pattern: String
    var precision: Precision
  }

  private static func change(_ text: String) throws -> Change {
    guard let equals = text.lastIndex(of: "="), equals > text.startIndex else {
      throw ValidationError("\"\(text)\" is not a change; write LAYER=BITS, such as stem=W8A8.")
    }
    return Change(
      pattern: String(text[..<equals]),
      precision: try PolicyOption.precision(String(text[text.index(after: equals)...])))
  }

  func run() throws {
    var document = try PolicyFile(file).document
    let names = document.layers.map(\.name)
    var problems: [Diagnostic] = []
    for change in set {
      let matches = names.indices.filter { fnmatch(change.pattern, names[$0], 0) == 0 }
      if matches.isEmpty {
        problems.append(
          Diagnostic(
            "the policy has no layer \"\(change.pattern)\"", at: .init(file: file),
            hint: Suggestion.sentence(for: change.pattern, among: names)))
      }
      for index in matches { document.layers[index].precision = change.precision }
    }
    guard problems.isEmpty else { throw Diagnostics(problems) }
    document.cost = [:]
    document.accuracy = nil
    try OutputFile.write(Data(document.text.utf8), to: output, readOnlyFiles: force.readOnlyFiles)
    try format.print(PolicyDescriptionDocument(document, file: output, memory: nil), text: "")
  }
}
