import ArgumentParser
import Core
import Diagnostics
import Rendering
import Specs

/// `haq policy diff`: the layers whose bits differ between two files.
struct PolicyDiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Shows the layers whose bits differ between two policies.",
    discussion: """
      Exit codes: 0 equal bits, 1 different bits or something failed, 64 the command line is wrong.

      Example:
        haq policy diff edge.json cloud.json
      """)

  @Argument(help: "The first policy file.")
  var first: String

  @Argument(help: "The second policy file.")
  var second: String

  @OptionGroup var format: FormatOption

  private struct Difference: Encodable {
    var layer: String
    /// Absent where the file lacks the layer.
    var first, second: String?
  }

  func run() throws {
    let (before, after) = (try PolicyFile(first).document, try PolicyFile(second).document)
    let old = try bits(of: before, file: first)
    let new = try bits(of: after, file: second)
    let names = before.layers.map(\.name) + after.layers.map(\.name).filter { old[$0] == nil }
    let differences = names.filter { old[$0] != new[$0] }.map {
      Difference(layer: $0, first: old[$0]?.description, second: new[$0]?.description)
    }
    var table = TextTable([.init("layer"), .init(first), .init(second)])
    for difference in differences {
      table.add([difference.layer, difference.first ?? "absent", difference.second ?? "absent"])
    }
    let text = "\(differences.count) of \(names.count) layers differ\n"
    try format.print(differences, text: differences.isEmpty ? text : "\(table.text)\(text)")
    if !differences.isEmpty { throw ExitCode(1) }
  }

  private func bits(of document: PolicyDocument, file: String) throws -> [String: Precision] {
    var bits: [String: Precision] = [:]
    for entry in document.layers where bits.updateValue(entry.precision, forKey: entry.name) != nil {
      throw Diagnostic("layer \"\(entry.name)\" appears twice", at: entry.place ?? .init(file: file))
    }
    return bits
  }
}
