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
    abstract: "Applies changes to the bits of named layers and writes a new policy file.",
    discussion: """
      A layer may be named by a pattern with * and ?, as in a shell. Later changes win. What the file recorded of cost and \
      accuracy is left out of the new one, since it no longer holds.

      Example:
        haq policy apply w4a6.json --set 'block?.depthwise=W8A4' --set classifier=W8A8 -o edited.json
      """)

  @Argument(help: "The policy file to start from.")
  var file: String

  @Option(
    help: ArgumentHelp("A change, such as stem=W8A8; may be given several times.", valueName: "layer=bits"),
    transform: change)
  var set: [Change]

  @Option(name: [.customShort("o"), .long], help: "The policy file to write.")
  var output: String

  @OptionGroup var format: FormatOption

  /// New bits for the layers that a pattern names.
  struct Change {
    var pattern: String
    var precision: Precision
  }

  private static func change(_ text: String) throws -> Change {
    guard let equals = text.lastIndex(of: "="), equals > text.startIndex else {
      throw ValidationError("\"\(text)\" is not a change; write a layer, = and its bits, such as stem=W8A8.")
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
    try OutputFile.write(Data(document.text.utf8), to: output)
    try format.print(PolicyDescriptionDocument(document, file: output, memory: nil), text: "")
  }
}
