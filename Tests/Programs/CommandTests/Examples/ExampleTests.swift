import FixtureBuilding
import Foundation
import Testing

/// Every command that a help text or a document shows can be given as it is shown.
@Suite struct ExampleTests {
  @Test("An example does what it shows", arguments: try Example.all())
  func run(_ example: Example) throws {
    let folder = try ExampleFolder.prepared.get()
    switch try Exceptions().kind(of: example) {
    case .notRun: return
    case nil:
      let run = try folder.run(Shortening.short(example.command))
      #expect(run.exitCode == 0, "\(run.errors.suffix(2000))\(run.output.suffix(500))")
    case .fails:
      let run = try folder.run(Shortening.short(example.command))
      #expect(run.exitCode == 1 && run.errors.contains("error: "), "\(run.exitCode): \(run.errors)")
    case .differs:
      let run = try folder.run(Shortening.short(example.command))
      #expect(run.exitCode == 1 && !run.errors.contains("error: "), "\(run.exitCode): \(run.errors)")
    case .onlyRead:
      let run = try folder.run(example.command + " --evaluator false")
      // The evaluator is started when the whole command line was found to be right. One with quantizers is found to be
      // wrong for the evaluator alone, when every option was read.
      let isRead = run.exitCode == 1 && run.errors.contains("false")
      let hasQuantizers = run.exitCode == 64 && run.errors.contains("so it ignores --quantizer kmeans")
      #expect(isRead || hasQuantizers, "\(run.exitCode): \(run.errors)")
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
      #expect(exceptions.count { $0.fits(example) } <= 1, "\(example.command)")
    }
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
      Example.commands(in: Example.codeLines(of: markdown)) == [
        "haq cost net.onnx --target a --bits W4A4 | grep total",
        "for seed in 1 2; do\nhaq search net.onnx --seed $seed\ndone",
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
