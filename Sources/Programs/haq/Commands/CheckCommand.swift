import ArgumentParser
import Conformance
import Core
import Diagnostics
import Documents
import Foundation
import Rendering
import Specs
import Targets
import Terminal

/// `haq check`: whether targets and their plugins keep the rules.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Checks whether targets and their plugins keep the rules.",
    discussion: """
      Tables, bare functions, plugins and programs have checks. Each names the rule of docs/abi.md (H) or docs/spec.md \
      (S) that it tests, and those of a plugin run in a separate process. A program is started, and asked about a few \
      layers; nothing that it answers is recorded. A check that does not apply to a target is skipped; \
      one that cannot run because another failed is blocked. Without an argument, haq checks all targets that haq \
      targets lists.

      Examples:
        haq check bismo-vu9p
        haq check my-target.json --only results --only wider-not-cheaper
        haq check --except physics --format json

      Exit codes: 0 no check failed, 1 a check failed or is blocked, 64 a mistake in the command line.
      """)

  @Argument(help: "Ids of targets, or paths of spec files. (default: all targets)")
  var targets: [String] = []

  @Option(
    help: ArgumentHelp(
      "Run only these checks: an id or a group; repeat the option for more.", valueName: "check"))
  var only: [String] = []

  @Option(
    help: ArgumentHelp("Skip these checks: an id or a group; repeat the option for more.", valueName: "check")
  )
  var except: [String] = []

  @Option(
    help: ArgumentHelp("Seed of the random points; the same seed gives the same points.", valueName: "n"))
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("Time limit for one check, in seconds, at most 86400.", valueName: "seconds"))
  var timeout = 10.0

  @Flag(help: "List the checks and their rules without running them.")
  var list = false

  @OptionGroup var junit: JUnitOption
  @OptionGroup var force: ForceOption
  @OptionGroup var format: FormatOption

  func validate() throws {
    let names = Check.all.map(\.id) + Check.Group.allCases.map(\.rawValue)
    for name in only + except where !names.contains(name) {
      let suggestion = Suggestion.sentence(for: name, among: names).map { " " + $0 } ?? ""
      throw ValidationError("There is no check or group \"\(name)\".\(suggestion) See: haq check --list")
    }
    guard timeout > 0, timeout <= 86_400 else {
      throw ValidationError("--timeout must be above 0 and at most 86400 seconds, not \(timeout).")
    }
  }

  func run() throws {
    let chosen = Check.all.filter { check in
      (only.isEmpty || only.contains { $0 == check.id || $0 == check.group.rawValue })
        && !except.contains { $0 == check.id || $0 == check.group.rawValue }
    }
    if list {
      let document = CheckListDocument(chosen)
      return try format.print(document, text: document.text)
    }
    try junit.check(force)
    let files = try files()
    let isText = format.format == .text
    let confinement = try? Installation(program: RunningProgram.path).confinement()
    let confinedBy = confinement.map { "\($0)" }
    if isText { StandardOutput.write(CheckDocument.head(confinedBy: confinedBy)) }
    let document = CheckDocument(
      targets: files.map { name, file in
        if isText { StandardOutput.write(CheckDocument.TargetPart.title(of: name, file: file) + "\n") }
        let run = ConformanceRun(
          specFile: file, program: RunningProgram.path, seed: seed, timeoutSeconds: timeout)
        let results = run.run(chosen) {
          if isText { StandardOutput.write(CheckDocument.Verdict($0).line + "\n") }
        }
        let part = CheckDocument.TargetPart(target: name, file: file, results: results)
        if isText { StandardOutput.write(part.summary + "\n\n") }
        return part
      }, seed: seed, confinedBy: confinedBy)
    try junit.write(document.junit.suites, force)
    if !isText { try format.print(document, text: document.text) }
    if document.hasFailed { throw ExitCode.failure }
  }

  private func files() throws -> [(name: String, file: String)] {
    guard targets.isEmpty else {
      // A spec that cannot be read is what is to be checked, so only ids need the catalog.
      let catalog = try targets.allSatisfy(Self.isFile) ? nil : RunningProgram.catalog()
      return try targets.map { name in
        (name, Self.isFile(name) ? name : try catalog?.target(name).file ?? name)
      }
    }
    let catalog = try RunningProgram.catalog()
    return catalog.targets.map { ($0.spec.id, $0.file) } + catalog.unusable.map { ($0.file, $0.file) }
  }

  private static func isFile(_ name: String) -> Bool { name.contains("/") || name.hasSuffix(".json") }
}
