import ArgumentParser
import Conformance
import Diagnostics
import Foundation
import Rendering
import Specs
import Targets

/// `haq check`: whether targets and their plugins keep the rules.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Checks targets and their plugins against the rules.",
    discussion: """
      Every check runs in a process of its own and names the rule of docs/abi.md (H) or docs/spec.md (S) that it \
      tests. Without a target, all that `haq targets` lists are checked.

      Examples:
        haq check bismo-vu9p
        haq check my-target.json --only results --only wider-not-cheaper
        haq check --except physics --format json

      Exit codes: 0 no check failed, 1 a check failed, 64 the command line is wrong.
      """)

  @Argument(help: "Ids of targets, or paths of spec files. (default: all targets)")
  var targets: [String] = []

  @Option(
    help: ArgumentHelp("Make these checks only: an id or a group; may be repeated.", valueName: "check"))
  var only: [String] = []

  @Option(
    help: ArgumentHelp("Leave out these checks: an id or a group; may be repeated.", valueName: "check"))
  var except: [String] = []

  @Option(help: "Where random points come from; the same seed gives the same points.")
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("The longest that one check may take.", valueName: "seconds"))
  var timeout = 10.0

  @Flag(help: "List the checks and their rules; nothing is checked.")
  var list = false

  @OptionGroup var junit: JUnitOption
  @OptionGroup var format: FormatOption

  func validate() throws {
    let names = Check.all.map(\.id) + Check.Group.allCases.map(\.rawValue)
    for name in only + except where !names.contains(name) {
      let suggestion = Suggestion.sentence(for: name, among: names).map { " " + $0 } ?? ""
      throw ValidationError("there is no check or group \"\(name)\".\(suggestion) See: haq check --list")
    }
    guard timeout > 0, timeout <= 86_400 else {
      throw ValidationError("--timeout must be above 0, at most 86400.")
    }
  }

  func run() throws {
    let chosen = Check.all.filter { check in
      (only.isEmpty || only.contains { $0 == check.id || $0 == check.group.rawValue })
        && !except.contains { $0 == check.id || $0 == check.group.rawValue }
    }
    if list { return try printList(chosen) }
    try junit.check()
    let files = try files()
    let isText = format.format == .text
    var suites: [JUnitReport.Suite] = []
    let reports = files.map { name, file in
      if isText { print("\(name) (\(file))") }
      let run = ConformanceRun(specFile: file, program: RunningProgram.path, seed: seed, timeout_s: timeout)
      let results = run.run(chosen) { if isText { Self.printLine($0) } }
      if isText { print(Self.summary(of: results) + "\n") }
      suites.append(JUnitReport.Suite(name: "haq check \(name)", cases: results.map(\.junitCase)))
      return CheckReport(target: name, file: file, results: results)
    }
    try junit.write(suites)
    if !isText { print(try JSONReport.text(of: CheckReports(targets: reports, seed: seed)), terminator: "") }
    if reports.contains(where: { $0.failed > 0 }) { throw ExitCode.failure }
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

  private static func printLine(_ result: ConformanceRun.Result) {
    let check = result.check
    let word = result.outcome.word.padding(toLength: 10, withPad: " ", startingAt: 0)
    let id = "\(check.group.rawValue)/\(check.id)".padding(toLength: 34, withPad: " ", startingAt: 0)
    let rule = check.rule.padding(toLength: 5, withPad: " ", startingAt: 0)
    print("  \(word)\(id)\(rule) \(result.outcome.reason ?? check.sentence)")
  }

  private static func summary(of results: [ConformanceRun.Result]) -> String {
    let counts = Dictionary(grouping: results, by: \.outcome.word).mapValues(\.count)
    return "  "
      + ["passed", "warning", "failed", "crashed", "timed out", "skipped"]
      .compactMap { word in counts[word].map { "\($0) \(word)" } }.joined(separator: ", ")
  }

  private func printList(_ checks: [Check]) throws {
    var table = TextTable([.init("group"), .init("check"), .init("rule"), .init("holds when it passes")])
    for check in checks { table.add([check.group.rawValue, check.id, check.rule, check.sentence]) }
    try format.print(checks.map(CheckReport.Listed.init), text: table.text)
  }
}

/// `haq check --format json`.
private struct CheckReports: Encodable {
  var targets: [CheckReport]
  var seed: UInt64
}

private struct CheckReport: Encodable {
  struct Listed: Encodable {
    var id, group, rule, sentence: String

    init(_ check: Check) {
      (id, group, rule, sentence) = (check.id, check.group.rawValue, check.rule, check.sentence)
    }
  }

  struct Line: Encodable {
    var id, group, rule, sentence, outcome: String
    var reason: String?
  }

  var target: String
  var file: String
  var failed: Int
  var checks: [Line]

  init(target: String, file: String, results: [ConformanceRun.Result]) {
    self.target = target
    self.file = file
    failed = results.count { $0.outcome.isFailure }
    checks = results.map {
      Line(
        id: $0.check.id, group: $0.check.group.rawValue, rule: $0.check.rule, sentence: $0.check.sentence,
        outcome: $0.outcome.word, reason: $0.outcome.reason)
    }
  }
}
