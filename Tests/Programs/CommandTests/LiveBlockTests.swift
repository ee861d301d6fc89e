import FixtureBuilding
import Foundation
import Testing

/// The live block of a search, as a terminal draws it.
@Suite(.serialized) final class LiveBlockTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  init() throws {
    temporary = try TemporaryFolder()
    try TinyNetwork.write(to: "\(folder)/tiny.onnx")
  }

  private func search(evaluations: Int, answerDelaySeconds: Double) throws -> [String] {
    [
      "search", "tiny.onnx", "--target", "bismo-zynq7020", "--latency", "0.9x", "--search-samples", "50",
      "--method",
      "evolution", "--evaluations", "\(evaluations)", "--final-finetune-samples", "0", "--finalists", "2",
      "--search-ends",
      "--workers", "2", "--evaluator",
      try ScriptedEvaluator.write(to: folder, answerDelaySeconds: answerDelaySeconds),
      "-o", "run",
    ]
  }

  /// What may stand in a block of two workers; a torn or doubled line is none of these.
  private static func isWhole(_ line: String) -> Bool {
    line.wholeMatch(of: /(searching|comparing) +\d+ of \d+.*/) != nil
      || line.wholeMatch(of: /best +(none yet|\d+\.\d %  latency .*)/) != nil
      || line.wholeMatch(of: /bits +[1-9]+/) != nil
      || line.wholeMatch(of: /worker [12]  (idle|measuring  \d+ s(  ([1-9]+|the float network))?)/) != nil
  }

  private func expectWhole(_ snapshot: [String], below messages: [String]) {
    #expect(Array(snapshot.prefix(messages.count)) == messages)
    let block = snapshot.dropFirst(messages.count).filter { !$0.isEmpty }
    #expect(block.allSatisfy { Self.isWhole($0) }, "\(block)")
    let titles = block.map { $0.prefix(8) }
    #expect(Set(titles).count == titles.count && (3...5).contains(block.count), "\(block)")
  }

  private static func messages(in lines: [String]) -> [String] {
    lines.filter { $0.hasPrefix("2 evaluators") || $0.hasPrefix("latency: at most") }
  }

  @Test(
    "a search is one block below its messages, redrawn in place, and gone at the end", arguments: [44, 90])
  func whole(columns: Int) throws {
    // Messages longer than the window are wrapped by the terminal, which has room here.
    let run = try TerminalRun(
      try search(evaluations: 14, answerDelaySeconds: 0.08), in: folder, columns: UInt16(columns),
      environment: ["NO_COLOR": "1"])
    run.read()
    run.process.waitUntilExit()
    #expect(run.process.terminationStatus == 0, "\(run.text)")
    let block = try #require(run.text.range(of: "\u{1B}[?2026h"))
    var screen = TerminalScreen(width: .max)
    screen.write(String(run.text[..<block.lowerBound]))
    let messages = Self.messages(in: screen.lines)
    #expect(messages.count == 2)
    screen = TerminalScreen(width: columns)
    screen.write(String(run.text[block.lowerBound...]))
    #expect(screen.complaints == [])
    #expect(screen.snapshots.count > 5)
    for snapshot in screen.snapshots { expectWhole(snapshot, below: []) }
    // In the middle, both workers were busy, and nothing was coloured.
    #expect(screen.snapshots.contains { $0.count { $0.contains("measuring") } == 2 })
    #expect(!run.text.contains("\u{1B}[3") && !run.text.contains("\u{1B}[2m"))
    #expect(screen.lines.allSatisfy(\.isEmpty) && screen.cursor == (0, 0), "\(screen.lines)")
    #expect(!run.text.contains("\u{1B}[?25l"))
  }

  @Test(
    "Ctrl-C leaves the messages, no block, and the cursor at the start of a line; a narrower window is noticed"
  )
  func interrupt() throws {
    let run = try TerminalRun(
      try search(evaluations: 1000, answerDelaySeconds: 0.05), in: folder, columns: 100)
    run.read(until: "per minute")
    run.resize(columns: 44)
    let before = run.written.count
    // "2 min 7 s left" and the like stay, the pace goes.
    run.read(atLeast: before + 4000)
    kill(run.process.processIdentifier, SIGINT)
    run.read()
    run.process.waitUntilExit()
    #expect(run.process.terminationStatus == 130, "\(run.text)")
    #expect(run.text.contains("\u{1B}[32mlatency"))
    let mark = "\u{1B}[?2026h"
    let frames = run.text.components(separatedBy: mark)
    #expect(frames.last?.contains("per minute") == false && frames.last?.contains(" left") == true)
    let paced = try #require(frames.firstIndex { $0.contains("per minute") })
    let narrow = try #require(frames[paced...].firstIndex { !$0.contains("per minute") })
    var screen = TerminalScreen(width: 100)
    screen.write(frames[..<narrow].joined(separator: mark))
    screen.resize(width: 44)
    screen.write(mark + frames[narrow...].joined(separator: mark))
    #expect(screen.complaints == [])
    // The longer message has been wrapped into two lines or more.
    let lines = screen.lines.filter { !$0.isEmpty }
    #expect(Self.messages(in: lines).count == 2 && lines.joined().hasSuffix("of uniform 8 bit)"), "\(lines)")
    #expect(screen.cursor.column == 0 && screen.cursor.row == lines.count)
  }

  @Test("Ctrl-C in the comparison keeps the best policy, and the study carries on")
  func interruptedComparison() throws {
    let run = try TerminalRun(try search(evaluations: 6, answerDelaySeconds: 0.1), in: folder, columns: 90)
    run.read(until: "comparing")
    kill(run.process.processIdentifier, SIGINT)
    run.read()
    run.process.waitUntilExit()
    #expect(run.process.terminationStatus == 130, "\(run.text)")
    #expect(try ending() == "stopped")
    #expect(FileManager.default.fileExists(atPath: "\(folder)/run/policy.json"))
    let resumed = try ProgramRun(["study", "resume", "run"], in: folder)
    #expect(resumed.exitCode == 0, "\(resumed.errors)")
    #expect(try ending() == "completed")
  }

  private func ending() throws -> String? {
    let data = try Data(contentsOf: URL(filePath: "\(folder)/run/report.json"))
    return (try JSONSerialization.jsonObject(with: data) as? [String: Any])?["ending"] as? String
  }

  @Test("without a terminal, and on a dumb one, there are plain lines", arguments: [true, false])
  func plain(isDumb: Bool) throws {
    let arguments = try search(evaluations: 8, answerDelaySeconds: 0)
    let text: String
    if isDumb {
      let run = try TerminalRun(arguments, in: folder, columns: 80, environment: ["TERM": "dumb"])
      run.read()
      run.process.waitUntilExit()
      text = run.text
    } else {
      text = try ProgramRun(arguments, in: folder, environment: ["TERM": "xterm"]).errors
    }
    #expect(!text.contains("\u{1B}"))
    #expect(text.contains("evaluation 8 of 8: best "), "\(text)")
  }
}
