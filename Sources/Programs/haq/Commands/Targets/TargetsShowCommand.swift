import ArgumentParser
import Documents
import Foundation
import Specs
import Targets

/// `haq targets show`: one target in full.
struct TargetsShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract:
      "Shows one target: its capabilities, parameters with units and sources, cost model and checks.",
    discussion: """
      Reads the spec and hashes the library or table. Nothing is loaded without --resources.

      Examples:
        haq targets show bismo-vu9p
        haq targets show bismo-zynq7020 --resources
        haq targets show my-chip/my-chip.json --format json
      """)

  @Argument(help: "Id of a target (haq targets lists them), or path of a spec file.")
  var target: String

  @Flag(
    help:
      "Load the plugin, in a sandbox, and ask it which resources of its device the target uses.")
  var resources = false

  @OptionGroup var access: TargetAccessOptions
  @OptionGroup var format: FormatOption

  func run() throws {
    let chosen = try access.target(named: target)
    let document = TargetDescriptionDocument(chosen, Self.findings(about: chosen, withResources: resources))
    try format.print(document, text: document.text)
  }

  /// Hashes the library or table; loads a plugin only to ask for what it takes of its device.
  private static func findings(
    about target: Target, withResources: Bool
  ) -> TargetDescriptionDocument.Findings {
    var findings = TargetDescriptionDocument.Findings()
    findings.modelFile = target.modelFileCandidates.first { FileManager.default.fileExists(atPath: $0) }
    do {
      findings.modelSHA256 = try target.modelFileSHA256()
      findings.dependencies = try target.dependencyDigests()
      if withResources, case .plugin = target.spec.model { findings.resources = try target.resources() }
    } catch {
      findings.problem = "\(error)"
    }
    return findings
  }
}
