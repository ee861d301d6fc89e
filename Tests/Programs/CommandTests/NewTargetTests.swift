import Core
import Documents
import FixtureBuilding
import Foundation
import Testing

/// One way to write a target, as `haq new target` offers it.
struct Variant: Sendable, CustomStringConvertible {
  var kind: String
  var language: String?

  var description: String { [kind, language].compactMap { $0 }.joined(separator: " in ") }
  var options: [String] { ["--kind", kind] + (language.map { ["--language", $0] } ?? []) }

  static let all =
    [
      Variant(kind: "table"), Variant(kind: "program", language: "python"),
      Variant(kind: "program", language: "swift"),
    ]
    + ["function", "plugin"].flatMap { kind in
      ["c", "c++", "swift", "rust"].map { Variant(kind: kind, language: $0) }
    }

  /// The compiler that the printed command calls.
  var compiler: String? {
    ["c": "cc", "c++": "c++", "swift": "swiftc", "rust": "rustc"][language ?? ""]
  }
}

final class NewTargetTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  init() throws {
    temporary = try TemporaryFolder()
  }

  @Test(
    "every template builds with the printed command and costs what its model says",
    arguments: Variant.all.filter { variant in variant.compiler.map { CompilerRun.find($0) != nil } ?? true })
  func template(variant: Variant) throws {
    let made = try ProgramRun(["new", "target", "my-chip", "--format", "json"] + variant.options, in: folder)
    #expect(made.exitCode == 0, "\(made.errors)")
    if let build = try made.document(NewTargetDocument.self).build {
      let run = try CompilerRun("/bin/sh", ["-c", "cd \(folder) && \(build)"])
      #expect(run.exitCode == 0 && run.output == "", "\(run.output)")
    }
    let skipped = try expectPassesEveryCheck()
    if variant.kind == "plugin" {
      #expect(skipped.isDisjoint(with: ["breakdown-answers", "breakdown-fits", "components-add-up"]))
    }
    let costs = try ProgramRun(
      [
        "cost", "fashion-mobilenet-v1", "--target", "my-chip/my-chip.json", "--bits", "W3A5", "--format",
        "json",
      ],
      in: folder)
    #expect(costs.exitCode == 0, "\(costs.errors)")
    let layers = try costs.document(CostDocument.self).layers
    #expect(layers.count > 20)
    for layer in layers {
      let latency = try #require(layer.cost[.latency])
      // Products of single bits at 10^12 a second.
      #expect(abs(latency - Double(layer.macs) * 15 / 1e12) <= 1e-9 * latency)
    }
  }

  @Test(
    "a plugin in Swift may import Foundation, which the sandbox lets load and work",
    .enabled(if: CompilerRun.find("swiftc") != nil, "there is no swiftc"))
  func foundation() throws {
    let variant = Variant(kind: "plugin", language: "swift")
    let made = try ProgramRun(["new", "target", "my-chip", "--format", "json"] + variant.options, in: folder)
    let source = "\(folder)/my-chip/my-chip.swift"
    let evaluation = "    let instance = Instance.at(pointer)\n"
    let text = try String(contentsOfFile: source, encoding: .utf8)
    #expect(text.contains("import Glibc\n") && text.contains(evaluation))
    // Parsing, formatting, calendars and their tables, the environment, and files that are not there.
    let use = """
          let numbers = try? JSONSerialization.jsonObject(with: Data("[15]".utf8)) as? [Int]
          let formatter = DateFormatter()
          (formatter.locale, formatter.timeZone) = (Locale(identifier: "en_US_POSIX"), TimeZone(secondsFromGMT: 0))
          formatter.dateFormat = "yyyy-MM-dd"
          let day = formatter.string(from: Date(timeIntervalSince1970: 86_400))
          let processors = ProcessInfo.processInfo.processorCount
          let isFile = FileManager.default.fileExists(atPath: "/no/such/file")
          guard numbers == [15], day == "1970-01-02", processors > 0, !isFile, String(format: "%.1f", 1.25) == "1.2"
          else { return fail(message, "Foundation does not work: \\(numbers ?? []) \\(day) \\(processors)") }

      """
    try text.replacing("import Glibc\n", with: "import Foundation\n")
      .replacing(evaluation, with: use + evaluation)
      .write(toFile: source, atomically: true, encoding: .utf8)
    let build = try #require(try made.document(NewTargetDocument.self).build)
    let run = try CompilerRun("/bin/sh", ["-c", "cd \(folder) && \(build)"])
    #expect(run.exitCode == 0, "\(run.output)")
    _ = try expectPassesEveryCheck()
  }

  @Test("a roofline needs no code: its spec uses the library that haq brings")
  func roofline() throws {
    let made = try ProgramRun(["new", "target", "my-chip", "--kind", "roofline"], in: folder)
    #expect(made.exitCode == 0, "\(made.errors)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/my-chip") == ["my-chip.json"])
    _ = try expectPassesEveryCheck()
  }

  /// No failure and no warning but the one that is meant: the numbers are made up, and the spec says so. Returns what
  /// was skipped.
  private func expectPassesEveryCheck() throws -> Set<String> {
    let run = try ProgramRun(["check", "my-chip/my-chip.json", "--format", "json"], in: folder)
    #expect(run.exitCode == 0, "\(run.output)")
    let checks = try #require(try run.document(CheckDocument.self).targets.first).checks
    #expect(checks.count > 40)
    for check in checks {
      #expect(
        check.outcome == .passed || check.outcome == .skipped
          || (check.id == "sources-stated" && check.outcome == .warning), "\(check)")
    }
    return Set(checks.filter { $0.outcome == .skipped }.map(\.id))
  }

  @Test("a language whose compiler is missing here is named, so that nobody takes it for tested")
  func compilers() {
    let missing = Variant.all.compactMap(\.compiler).filter { CompilerRun.find($0) == nil }
    withKnownIssue("no compiler: \(Set(missing).sorted().joined(separator: ", "))", isIntermittent: true) {
      #expect(missing.isEmpty)
    }
  }

  @Test("an existing folder is not touched, and a name that is no id is refused")
  func refusals() throws {
    try FileManager.default.createDirectory(atPath: "\(folder)/taken", withIntermediateDirectories: false)
    let taken = try ProgramRun(["new", "target", "taken", "--kind", "table"], in: folder)
    #expect(taken.exitCode == 1)
    #expect(taken.errors == "taken: error: cannot make the folder: File exists. Nothing was written.\n")
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/taken").isEmpty)
    for (arguments, words) in [
      (["Chip", "--kind", "table"], "cannot be the id of a target"),
      (["chip", "--kind", "plugin"], "A plugin needs --language"),
      (["chip", "--kind", "table", "--language", "c"], "A table takes no --language"),
      (["chip", "--kind", "program"], "A program needs --language python or swift"),
      (["chip", "--kind", "program", "--language", "c"], "A program needs --language python or swift"),
      (["chip", "--kind", "plugin", "--language", "python"], "A plugin needs --language c, c++"),
    ] {
      let run = try ProgramRun(["new", "target"] + arguments, in: folder)
      #expect(run.exitCode == 64)
      #expect(run.errors.contains(words), "\(run.errors)")
    }
  }
}
