import Foundation
import Testing

/// A command that a help text or a document shows.
struct Example: Hashable, Sendable, CustomTestStringConvertible {
  /// The help text (`haq table show --help`) or the document (`docs/export.md`).
  var source: String
  /// The command as a shell takes it, continuation lines and loops included.
  var command: String
  /// The lines that a document shows below a command after a prompt.
  var output: [String] = []

  var testDescription: String { "\(source): \(command)" }
}

extension Example {
  /// Whether a line shows a command: `haq` with the name of a command, after variables that it sets.
  static func isCommand(_ line: some StringProtocol) -> Bool {
    String(line).range(of: #"^([A-Z_]+=\S+ )*haq [a-z]"#, options: .regularExpression) != nil
  }

  /// The commands in lines of code: those after a prompt, those that call `haq`, and the loops over such.
  static func commands(in lines: [String]) -> [String] { examples(in: lines, of: "").map(\.command) }

  /// The same, with what is shown below those that have a prompt, up to the next prompt.
  static func examples(in lines: [String], of source: String) -> [Example] {
    var examples: [Example] = []
    var isShown = false
    var rest = lines[...]
    while let line = rest.popFirst() {
      var text = line.trimmingCharacters(in: .whitespaces)
      let hasPrompt = text.hasPrefix("$ ")
      if hasPrompt { text.removeFirst(2) }
      guard isCommand(text) || text.hasPrefix("for ") else {
        isShown = isShown && !hasPrompt
        if isShown, !text.isEmpty { examples[examples.count - 1].output.append(text) }
        continue
      }
      while text.hasSuffix("\\") || isOpenLoop(text), let next = rest.popFirst() {
        if text.hasSuffix("\\") {
          text = text.dropLast().trimmingCharacters(in: .whitespaces) + " "
        } else {
          text += "\n"
        }
        text += next.trimmingCharacters(in: .whitespaces)
      }
      isShown = hasPrompt && text.contains("haq ")
      if text.contains("haq ") { examples.append(Example(source: source, command: text)) }
    }
    return examples
  }

  private static func isOpenLoop(_ text: String) -> Bool {
    let words = text.split { " \n;".contains($0) }
    return words.count { $0 == "do" } > words.count { $0 == "done" }
  }
}
