import ArgumentParser
import Core
import CostTables
import Diagnostics
import Documents
import Foundation
import Networks
import ONNX
import Rendering
import Scaffolding

/// `haq new target`: a folder with a complete target, to be changed.
struct NewTargetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "target",
    abstract:
      "Creates a folder with a new target: a spec, and the table, function, plugin or program of its costs.",
    discussion: """
      The target is complete: it builds with the command that haq prints, passes haq check, and works with haq search. \
      Its numbers are invented, and its spec says so. docs/guide/add-an-accelerator.md explains the next steps.

      Examples:
        haq new target my-chip --kind table
        haq new target my-chip --kind roofline
        haq new target my-chip --kind function --language c
        haq new target my-chip --kind plugin --language rust
        haq new target my-chip --kind program --language python
        haq new target my-chip --kind program --language swift
      """)

  /// What computes the costs.
  enum Kind: String, ExpressibleByArgument, CaseIterable {
    case table
    case roofline
    case function
    case plugin
    case program
  }

  /// What it is written in.
  enum Language: String, ExpressibleByArgument, CaseIterable {
    case c
    case cxx = "c++"
    case swift
    case rust
    case python

    /// Nil for a language whose compiler makes no libraries.
    var compiled: TargetTemplate.Language? { TargetTemplate.Language(rawValue: rawValue) }

    /// Nil for a language in which there is no program to start from.
    var program: TargetTemplate.ProgramLanguage? { TargetTemplate.ProgramLanguage(rawValue: rawValue) }
  }

  @Argument(
    help: "Id of the target and name of its folder: 2 to 64 lower-case letters, digits and hyphens.")
  var name: String

  @Option(
    help: ArgumentHelp(
      "Cost model: a table of costs, a roofline of rates and bandwidths, a C function in a shared library, a plugin, or a program.",
      valueName: "kind"))
  var kind: Kind

  @Option(
    help: ArgumentHelp("Programming language of the function, plugin or program.", valueName: "language"))
  var language: Language?

  @Option(
    help: ArgumentHelp(
      "Network whose layers the table has. (default: \(BundledModel.fashionMobileNetV1.rawValue))",
      valueName: "network"))
  var network: String?

  @OptionGroup var format: FormatOption

  func validate() throws {
    guard name.wholeMatch(of: /[a-z0-9][a-z0-9-]{1,63}/) != nil else {
      throw ValidationError(
        "\"\(name)\" cannot be the id of a target; use 2 to 64 lower-case letters, digits and hyphens, and start "
          + "with a letter or digit.")
    }
    switch (kind, language) {
    case (.table, .some), (.roofline, .some):
      throw ValidationError("A \(kind.rawValue) takes no --language; leave it out.")
    case (.program, let language) where language?.program == nil:
      throw ValidationError("A program needs --language python or swift.")
    case (.function, nil), (.plugin, nil), (.function, .python), (.plugin, .python):
      throw ValidationError("A \(kind.rawValue) needs --language c, c++, swift or rust.")
    default: break
    }
    if kind != .table, network != nil { throw ValidationError("--network works with --kind table only.") }
  }

  func run() throws {
    let template = TargetTemplate(templateKind)
    var files = template.files(name: name)
    if kind == .table { files.append(TargetTemplate.File(name: "\(name).csv", text: try table())) }
    let folder = try OutputFolder(new: name)
    for file in files { try folder.write(file.text, to: file.name) }
    let document = NewTargetDocument(
      folder: name, files: files.map(\.name),
      build: template.buildCommand(name: name).map { "(cd \(name) && \($0))" },
      network: network ?? BundledModel.fashionMobileNetV1.rawValue)
    try format.print(document, text: document.text)
  }

  private var templateKind: TargetTemplate.Kind {
    switch kind {
    case .table: .table
    case .roofline: .roofline
    case .function: .function(language?.compiled ?? .c)
    case .plugin: .plugin(language?.compiled ?? .c)
    case .program: .program(language?.program ?? .python)
    }
  }

  private func table() throws -> String {
    let source = try NetworkSource(argument: network ?? BundledModel.fashionMobileNetV1.rawValue)
    let shapes = try source.graph().network(batch: 1)
    let widths = (1...8).compactMap(BitWidth.init)
    let costs = try CostTable(
      of: shapes, from: MadeUpCosts(), weightWidths: widths, activationWidths: widths,
      aggregates: [.latency: .sum],
      provenance: .withoutHardware(name))
    return try LookupTable(costs).csv(unit: .seconds)
  }
}
