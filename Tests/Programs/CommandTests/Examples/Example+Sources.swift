import FixtureBuilding
import Foundation
import Testing

extension Example {
  /// Every command of every help text and document, each once.
  static func all() throws -> [Example] {
    var known: Set<String> = []
    return try (fromHelp() + fromDocuments()).filter { known.insert($0.command).inserted }
  }

  /// The examples of all commands of `haq`, from what it prints for tools.
  static func fromHelp() throws -> [Example] {
    try HelpDump.read().command.examples(above: "")
  }

  /// The commands in blocks of code of the README, CONTRIBUTING and `docs`.
  static func fromDocuments() throws -> [Example] {
    try documents().flatMap { document in
      let text = try String(contentsOfFile: "\(Places.package)/\(document)", encoding: .utf8)
      return commands(in: codeLines(of: text)).map { Example(source: document, command: $0) }
    }
  }

  private static func documents() throws -> [String] {
    let inDocs = try FileManager.default.subpathsOfDirectory(atPath: "\(Places.package)/docs")
    return ["README.md", "CONTRIBUTING.md"]
      + inDocs.filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }
  }

  /// The lines between fences, and those that are indented by four.
  static func codeLines(of markdown: String) -> [String] {
    var isFenced = false
    return markdown.components(separatedBy: "\n").filter { line in
      if line.hasPrefix("```") {
        isFenced.toggle()
        return false
      }
      return isFenced || line.hasPrefix("    ")
    }
  }
}
