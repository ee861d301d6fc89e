import FixtureBuilding
import Foundation
import Testing

extension Example {
  /// Every command of every help text and document, each once, and again with each output that is shown.
  static func all() throws -> [Example] {
    var known: Set<[String]> = []
    return try (fromHelp() + fromDocuments()).filter { known.insert([$0.command] + $0.output).inserted }
  }

  /// The examples of all commands of `haq`, from what it prints for tools.
  static func fromHelp() throws -> [Example] {
    try HelpDump.read().command.examples(above: "")
  }

  /// The commands in blocks of code of the README, CONTRIBUTING and `docs`.
  static func fromDocuments() throws -> [Example] {
    try documents().flatMap { document in
      let text = try String(contentsOfFile: "\(Places.package)/\(document)", encoding: .utf8)
      return codeBlocks(of: text).flatMap { examples(in: $0, of: document) }
    }
  }

  private static func documents() throws -> [String] {
    let inDocs = try FileManager.default.subpathsOfDirectory(atPath: "\(Places.package)/docs")
    return ["README.md", "CONTRIBUTING.md"]
      + inDocs.filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }
  }

  /// The lines between fences, and those that are indented by four, by block; a line that is empty ends an indented one.
  static func codeBlocks(of markdown: String) -> [[String]] {
    var isFenced = false
    var blocks: [[String]] = [[]]
    for line in markdown.components(separatedBy: "\n") {
      let isFence = line.hasPrefix("```")
      if isFence { isFenced.toggle() }
      if !isFence, isFenced || line.hasPrefix("    ") {
        blocks[blocks.count - 1].append(line)
      } else {
        blocks.append([])
      }
    }
    return blocks.filter { !$0.isEmpty }
  }
}
