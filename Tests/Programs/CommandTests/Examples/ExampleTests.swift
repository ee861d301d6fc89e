import FixtureBuilding
import Foundation
import Testing

/// Every command that a help text or a document shows can be given as it is shown.
@Suite struct ExampleTests {
  @Test("An example can be given as it stands", arguments: try Example.all().filter(\.output.isEmpty))
  func given(_ example: Example) throws { try run(example) }

  @Test(
    "An example prints what a document shows below it",
    arguments: try Example.all().filter { !$0.output.isEmpty })
  func shown(_ example: Example) throws {
    let printed = try run(example)
    guard let comparison = try Exceptions().shownOutput(of: example) else { return }
    #expect(comparison.missing(example.output, from: printed) == [], "\(printed.suffix(4000))")
  }

  /// What the example printed; empty where it is not run.
  @discardableResult
  private func run(_ example: Example) throws -> String {
    let folder = try ExampleFolder.prepared.get()
    switch try Exceptions().kind(of: example) {
    case .notRun: return ""
    case nil, .figuresDiffer, .outputDiffers:
      let run = try folder.run(Shortening.short(example.command))
      #expect(run.exitCode == 0, "\(run.errors.suffix(2000))\(run.output.suffix(500))")
      return run.output + run.errors
    case .fails:
      let run = try folder.run(Shortening.short(example.command))
      #expect(run.exitCode == 1 && run.errors.contains("error: "), "\(run.exitCode): \(run.errors)")
      return run.output + run.errors
    case .differs:
      let run = try folder.run(Shortening.short(example.command))
      #expect(run.exitCode == 1 && !run.errors.contains("error: "), "\(run.exitCode): \(run.errors)")
      return run.output + run.errors
    case .onlyRead:
      let run = try folder.run(example.command + " --evaluator false")
      // The evaluator is started when the whole command line was found to be right. One with quantizers is found to be
      // wrong for the evaluator alone, when every option was read.
      let isRead = run.exitCode == 1 && run.errors.contains("false")
      let hasQuantizers = run.exitCode == 64 && run.errors.contains("so it ignores --quantizer kmeans")
      #expect(isRead || hasQuantizers, "\(run.exitCode): \(run.errors)")
      return ""
    }
  }

  @Test("An exception names an example that there is, and no example is in two")
  func exceptions() throws {
    let examples = try Example.all()
    let exceptions = try Exceptions().entries
    for entry in exceptions {
      #expect(examples.contains(where: entry.fits), "no help text or document has: \(entry.subject)")
    }
    for example in examples {
      let kinds = exceptions.filter { $0.fits(example) }.map(\.kind)
      #expect(kinds.count { $0.isOfOutput } <= 1 && kinds.count { !$0.isOfOutput } <= 1, "\(example.command)")
    }
  }

  @Test("What is printed is compared line by line, without widths of columns, times and folders")
  func comparing() {
    let printed = """
      layer   latency
      ───────────────
      stem    1.25 ms  2026-11-29 10:00
      /tmp/a/net.csv: error: no cost of "x" at W1A4, W1A5

      """
    let exact = ShownOutput(comparesFigures: true)
    let shape = ShownOutput(comparesFigures: false)
    let shown = [
      "layer latency", "─────", "stem  1.25 ms  2026-01-02 03:04",
      "/home/you/net.csv: error: no ... at W1A4, W1A5",
    ]
    #expect(exact.missing(shown, from: printed) == [])
    #expect(exact.missing(["stem 1.26 ms 2026-01-02 03:04"], from: printed).count == 1)
    #expect(shape.missing(["stem 20 µs 2026-01-02 03:04"], from: printed) == [])
    #expect(shape.missing(["stem 20 of 2026-01-02 03:04", "stem", "layer"], from: printed).count == 3)
  }

  @Test("Examples are read from blocks of code, with prompts, continuation lines and loops")
  func reading() {
    let markdown = """
      Run `haq targets`.

          $ haq cost net.onnx --target a \\
              --bits W4A4 | grep total
          total 12
      ```
      for seed in 1 2; do
        haq search net.onnx --seed $seed
      done
      haq 0.1.0
      ```
      haq is a program.
      """
    #expect(
      Example.codeBlocks(of: markdown).flatMap { Example.examples(in: $0, of: "page") } == [
        Example(
          source: "page", command: "haq cost net.onnx --target a --bits W4A4 | grep total",
          output: ["total 12"]),
        Example(
          source: "page", command: "for seed in 1 2; do\nhaq search net.onnx --seed $seed\ndone"),
      ])
  }

  @Test("Every command shows an example")
  func coverage() throws {
    let commands = try HelpDump.read().command.leaves(above: "").map(\.path)
    // As `haq --help` lists them.
    #expect(commands.contains("haq policy uniform") && commands.contains("haq search"))
    let sources = Set(try Example.fromHelp().map(\.source))
    #expect(commands.filter { !sources.contains("\($0) --help") } == [])
  }

  @Test("Every command but haq dashboard has --format, as docs/documents/README.md says")
  func formats() throws {
    let commands = try HelpDump.read().command.leaves(above: "")
    #expect(commands.filter { !$0.command.has(option: "format") }.map(\.path) == ["haq dashboard"])
  }
}
