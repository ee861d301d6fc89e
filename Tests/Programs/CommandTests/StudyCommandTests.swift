import Documents
import FixtureBuilding
import Foundation
import Testing

/// Studies as a user meets them: killed, carried on, refused, forked, listed.
@Suite(.serialized) final class StudyCommandTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  init() throws {
    temporary = try TemporaryFolder()
    try TinyNetwork.write(to: "\(folder)/tiny.onnx")
  }

  private func search(_ output: String, method: String = "ddpg", evaluations: Int = 14) -> [String] {
    [
      "search", "tiny.onnx", "--target", "bismo-zynq7020", "--latency", "0.7x", "--search-samples", "200",
      "--final-finetune-samples", "64", "--finalists", "2", "--threads", "1", "--warm-up", "5", "--method",
      method, "--evaluations", "\(evaluations)", "-o", output,
    ]
  }

  /// What must not depend on interruptions.
  private func files(_ run: String) throws -> [String: Data] {
    try ["policy.json", "episodes.jsonl", "report.json"].reduce(into: [:]) {
      $0[$1] = try Data(contentsOf: URL(filePath: "\(folder)/\(run)/\($1)"))
    }
  }

  /// Starts `haq`, and kills it after `seconds`, unless it ends before; nil lets it end.
  ///
  /// - Returns: Whether it ended by itself, which it must have done well.
  private func runAndKill(_ arguments: [String], after seconds: Double?) throws -> Bool {
    let running = try RunningProgram(arguments, in: folder)
    let (process, errors) = (running.process, running.errors)
    if let seconds {
      let deadline = ContinuousClock.now + .seconds(seconds)
      while process.isRunning, ContinuousClock.now < deadline { usleep(500) }
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }
    process.waitUntilExit()
    guard process.terminationReason == .exit else { return false }
    let text = try String(contentsOfFile: errors, encoding: .utf8)
    #expect(process.terminationStatus == 0, "\(text)")
    return true
  }

  /// The rows of a study in JSON or CSV form, without when and by whom they were made.
  private func evaluations(_ run: String) throws -> [String] {
    let output = "\(folder)/export-\(UUID().uuidString)"
    let export = try ProgramRun(["study", "export", run, "-o", output], in: folder)
    #expect(export.exitCode == 0, "\(export.errors)")
    let rows = try String(contentsOfFile: "\(output)/evaluations.csv", encoding: .utf8).split(separator: "\n")
    return rows.map { row in
      var cells = row.split(separator: ",", omittingEmptySubsequences: false)
      cells.removeSubrange(1...3)
      return cells.joined(separator: ",")
    }
  }

  /// HAQ_KILLS=100 kills a hundred times; the default keeps the tests short.
  private static let kills = ProcessInfo.processInfo.environment["HAQ_KILLS"].flatMap(Int.init) ?? 6

  @Test(
    "a search killed at random moments again and again ends byte for byte as one that ran through",
    arguments: [("ddpg", 1), ("auto", 1), ("evolution", 2)])
  func killedAndResumed(method: String, workers: Int) throws {
    func search(_ output: String) -> [String] {
      self.search(output, method: method, evaluations: 24) + ["--workers", "\(workers)"]
    }
    let clock = ContinuousClock()
    let whole = try clock.measure {
      let run = try ProgramRun(search("whole"), in: folder)
      #expect(run.exitCode == 0, "\(run.errors)")
    }
    let expected = try files("whole")
    let recorded = try evaluations("whole")
    let seconds = whole / .seconds(1)
    var generator = SystemRandomNumberGenerator()
    var kills = 0
    var studies = 0
    while kills < Self.kills {
      studies += 1
      let run = "run\(studies)"
      var hasEnded = false
      while !hasEnded {
        let begun = FileManager.default.fileExists(atPath: "\(folder)/\(run)/study.haq")
        let arguments = begun ? ["study", "resume", run] : search(run)
        // A folder without a study holds nothing that a new search could lose.
        if !begun { try? FileManager.default.removeItem(atPath: "\(folder)/\(run)") }
        let moment = Double.random(in: 0.02...1, using: &generator) * seconds
        hasEnded = try runAndKill(arguments, after: kills < Self.kills ? moment : nil)
        if !hasEnded { kills += 1 }
      }
      #expect(try files(run) == expected, "study \(studies), after \(kills) kills")
      #expect(try evaluations(run) == recorded)
      let check = try ProgramRun(["study", "show", run, "--check"], in: folder)
      #expect(check.exitCode == 0, "\(check.errors)")
      try FileManager.default.removeItem(atPath: "\(folder)/\(run)")
    }
  }

  /// Twelve policies of a search of 24 are in the log when it is killed.
  private func interrupted(_ run: String) throws {
    let running = try RunningProgram(search(run, evaluations: 24), in: folder)
    let log = "\(folder)/\(run)/episodes.jsonl"
    let deadline = ContinuousClock.now + .seconds(120)
    while ((try? String(contentsOfFile: log, encoding: .utf8)) ?? "").count(where: { $0 == "\n" }) < 12,
      running.process.isRunning, ContinuousClock.now < deadline
    { usleep(500) }
    kill(running.process.processIdentifier, SIGKILL)
    running.process.waitUntilExit()
    try #require(running.process.terminationReason == .uncaughtSignal)
  }

  /// Changes a study as no program of ours does.
  private func change(_ run: String, _ statement: String) throws {
    let python = Process()
    python.executableURL = URL(filePath: "/usr/bin/python3")
    python.arguments = [
      "-c", "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); db.execute(sys.argv[2]); db.commit()",
      "\(folder)/\(run)/study.haq", statement,
    ]
    try python.run()
    python.waitUntilExit()
    try #require(python.terminationStatus == 0)
  }

  @Test(
    "the agent's state is kept, shown and gone on from; one of another program is made again, which is reported"
  )
  func keptState() throws {
    let whole = try ProgramRun(search("whole", evaluations: 24), in: folder)
    #expect(whole.exitCode == 0, "\(whole.errors)")
    for run in ["kept", "foreign", "broken"] { try interrupted(run) }
    let shown = try ProgramRun(["study", "show", "kept"], in: folder)
    #expect(shown.output.contains("the method's state after 10 policies: ddpg/1, "), "\(shown.output)")

    let kept = try ProgramRun(["study", "resume", "kept"], in: folder)
    #expect(kept.exitCode == 0 && !kept.errors.contains("state"), "\(kept.errors)")
    #expect(try files("kept") == files("whole"))
    #expect(try evaluations("kept") == evaluations("whole"))

    // Without its checksum, as a study of an early version has it.
    try change("foreign", "UPDATE checkpoint SET format = 'ddpg/0', checksum = NULL")
    let foreign = try ProgramRun(["study", "resume", "foreign"], in: folder)
    #expect(foreign.exitCode == 0)
    #expect(
      foreign.errors.contains("study.haq: warning: the kept state is ddpg/0, and this program's is ddpg/1."),
      "\(foreign.errors)")
    #expect(try files("foreign") == files("whole"))

    // What was kept decides: with the agent forgotten, the search cannot go on.
    try change("broken", "UPDATE checkpoint SET state = x'00', checksum = NULL")
    let broken = try ProgramRun(["study", "resume", "broken"], in: folder)
    #expect(broken.exitCode == 1)
    #expect(
      broken.errors.contains("the state of ddpg/1 that was kept after 10 episodes cannot be read"),
      "\(broken.errors)")
    // Nothing is lost by it: a fork asks for what is missing alone.
    let fork = try ProgramRun(["study", "resume", "broken", "--fork", "mended"], in: folder)
    #expect(fork.exitCode == 0, "\(fork.errors)")
    #expect(try files("mended") == files("whole"))
  }

  @Test(
    "two workers write the study of one, with the same policies, log and report",
    arguments: [("auto", []), ("evolution", []), ("auto", ["--accuracy-drop", "4", "--evaluations", "20"])])
  func workers(method: String, options: [String]) throws {
    #expect(try ProgramRun(search("one", method: method) + options, in: folder).exitCode == 0)
    let arguments = search("two", method: method) + options + ["--workers", "2"]
    let two = try ProgramRun(arguments, in: folder)
    #expect(two.exitCode == 0 && two.errors.contains("2 evaluators with 1 thread each"), "\(two.errors)")
    #expect(try files("two") == files("one"))
    #expect(try evaluations("two") == evaluations("one"))
  }

  @Test("two workers sweep the budgets of haq pareto as one does")
  func paretoWorkers() throws {
    for (output, workers) in [("one", "1"), ("two", "2")] {
      let run = try ProgramRun(
        [
          "pareto", "tiny.onnx", "--target", "bismo-zynq7020", "--latency", "0.6x,0.8x", "--evaluations", "8",
          "--search-samples", "100", "--sensitivity-samples", "16", "--threads", workers, "--workers",
          workers,
          "-o", output,
        ], in: folder)
      #expect(run.exitCode == 0, "\(run.errors)")
    }
    for file in ["pareto.csv", "pareto.json", "pareto.svg"] {
      #expect(
        try Data(contentsOf: URL(filePath: "\(folder)/two/\(file)"))
          == Data(contentsOf: URL(filePath: "\(folder)/one/\(file)")))
    }
  }

  @Test("resuming refuses what changed by its name; a fork takes the answers over where they hold")
  func changes() throws {
    #expect(try ProgramRun(search("run", method: "random"), in: folder).exitCode == 0)
    let recorded = try evaluations("run")

    // The same options in a new study: every answer is taken over, none is asked.
    let fork = try ProgramRun(["study", "resume", "run", "--fork", "second"], in: folder)
    #expect(fork.exitCode == 0, "\(fork.errors)")
    #expect(try files("second") == files("run"))
    #expect(try evaluations("second") == recorded)

    // Another target keeps the answers; another spec of the same name is still another target.
    let spec = try String(
      contentsOfFile: "\(Places.package)/hardware-specs/bismo-zynq7020.json", encoding: .utf8)
    try FileManager.default.createDirectory(atPath: "\(folder)/specs", withIntermediateDirectories: true)
    try Data((spec + "\n").utf8).write(to: URL(filePath: "\(folder)/specs/bismo-zynq7020.json"))
    let specs = ["HAQ_TARGETS": "\(folder)/specs"]
    let other = try ProgramRun(["study", "resume", "run"], in: folder, environment: specs)
    #expect(other.exitCode == 1)
    #expect(other.errors.contains("target spec SHA-256: was "), "\(other.errors)")
    #expect(!other.errors.contains("network content"))

    // Other weights: nothing holds any more.
    try TinyNetwork.write(to: "\(folder)/tiny.onnx", scale: 90)
    let changed = try ProgramRun(["study", "resume", "run"], in: folder)
    #expect(changed.exitCode == 1)
    #expect(changed.errors.contains("network content SHA-256: was "), "\(changed.errors)")
    let refused = try ProgramRun(["study", "resume", "run", "--fork", "third"], in: folder)
    #expect(
      refused.exitCode == 1 && refused.errors.contains("no evaluation of this study is valid"),
      "\(refused.errors)")
    #expect(!FileManager.default.fileExists(atPath: "\(folder)/third"))
  }

  @Test("resuming refuses data that changed by a bit; an old study is told not to be checked, and carried on")
  func changedData() throws {
    // IDX: a magic number with the type (8: bytes) and the count of dimensions, the dimensions, the bytes.
    let images = Data(
      [0, 0, 8, 3, 0, 0, 0, 60, 0, 0, 0, 28, 0, 0, 0, 28] + (0..<60 * 784).map { UInt8($0 * 7 % 251) })
    let labels = Data([0, 0, 8, 1, 0, 0, 0, 60] + (0..<60).map { UInt8($0 % 10) })
    try images.write(to: URL(filePath: "\(folder)/images"))
    try labels.write(to: URL(filePath: "\(folder)/labels"))
    let run = try ProgramRun(
      search("run", method: "random", evaluations: 3) + ["--data", "images,labels"], in: folder)
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(try ProgramRun(["study", "resume", "run"], in: folder).exitCode == 0)

    var changed = images
    changed[1000] ^= 1
    try changed.write(to: URL(filePath: "\(folder)/images"))
    let refused = try ProgramRun(["study", "resume", "run"], in: folder)
    #expect(refused.exitCode == 1)
    #expect(refused.errors.contains("data contents SHA-256: was "), "\(refused.errors)")

    let python = Process()
    python.executableURL = URL(filePath: "/usr/bin/python3")
    python.arguments = [
      "-c",
      "import sqlite3; c = sqlite3.connect('\(folder)/run/study.haq'); "
        + "c.execute(\"DELETE FROM fact WHERE name = 'data contents SHA-256'\"); c.commit()",
    ]
    try python.run()
    python.waitUntilExit()
    #expect(python.terminationStatus == 0)
    let old = try ProgramRun(["study", "resume", "run"], in: folder)
    #expect(
      old.exitCode == 0 && old.errors.contains("so haq cannot check whether they have changed"),
      "\(old.errors)")
  }

  @Test("only one process works on a study; others are told which one does, and can look at it")
  func twoProcesses() throws {
    let process = Process()
    process.executableURL = URL(filePath: try Places.builtLibrary("haq"))
    process.arguments = search("run", method: "random", evaluations: 1_000_000) + ["--search-ends"]
    process.currentDirectoryURL = URL(filePath: folder)
    process.environment = ["HAQ_TARGETS": "\(Places.package)/hardware-specs"]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    while process.isRunning, !FileManager.default.fileExists(atPath: "\(folder)/run/policy.json") {
      usleep(20_000)
    }
    let second = try ProgramRun(["study", "resume", "run"], in: folder)
    #expect(second.exitCode == 1)
    #expect(
      second.errors.contains("process \(process.processIdentifier) is working on this study"),
      "\(second.errors)")
    let list = try ProgramRun(["study", "list"], in: folder)
    #expect(list.output.contains("run/study.haq") && list.output.contains("running"), "\(list.output)")
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    let after = try ProgramRun(["study", "show", "run"], in: folder)
    #expect(after.output.contains("study.haq: interrupted"), "\(after.output)")
  }

  @Test("a flipped bit in an accuracy is noticed; a damaged study is listed as damaged, and the others too")
  func damage() throws {
    #expect(try ProgramRun(search("a", method: "random", evaluations: 3), in: folder).exitCode == 0)
    #expect(try ProgramRun(search("b", method: "uniform", evaluations: 3), in: folder).exitCode == 0)
    let whole = try ProgramRun(["study", "show", "a", "--check"], in: folder)
    #expect(
      whole.exitCode == 0 && whole.errors.contains("rows are as they were written."), "\(whole.errors)")

    try change("a", "UPDATE evaluation SET accuracy = accuracy - 0.25 WHERE number = 2")
    let check = try ProgramRun(["study", "show", "a", "--check"], in: folder)
    #expect(check.exitCode == 1)
    #expect(
      check.errors.contains("table evaluation, row 2: its checksum is not that of its contents"),
      "\(check.errors)")
    let resumed = try ProgramRun(["study", "resume", "a"], in: folder)
    #expect(resumed.exitCode == 1 && resumed.errors.contains("table evaluation, row 2"), "\(resumed.errors)")

    // An impossible figure is refused whatever its checksum; it had passed, and trapped every resume.
    try change("a", "UPDATE evaluation SET accuracy = 1.5, checksum = NULL WHERE number = 2")
    let impossible = try ProgramRun(["study", "resume", "a"], in: folder)
    #expect(
      impossible.exitCode == 1
        && impossible.errors.contains("table evaluation, row 2: accuracy is 1.5; it must be 0 to 1"),
      "\(impossible.errors)")

    try change("a", "DELETE FROM study")
    for command in [
      ["study", "show", "a"], ["report", "a", "-o", "a.html"], ["study", "compare", "b", "a"],
    ] {
      let run = try ProgramRun(command, in: folder)
      #expect(run.exitCode == 1 && run.errors.contains("table study, row 1: it is missing"), "\(run.errors)")
    }
    let list = try ProgramRun(["study", "list", "--format", "json"], in: folder)
    #expect(list.exitCode == 1 && list.errors.contains("a/study.haq"), "\(list.errors)")
    let document = try StudyListDocument(json: list.output)
    #expect(document.studies.map(\.path) == ["b/study.haq"])
    #expect(document.damaged?.map(\.path) == ["a/study.haq"])
    let table = try ProgramRun(["study", "list"], in: folder)
    #expect(table.output.contains("damaged") && table.output.contains("completed"), "\(table.output)")
  }

  @Test("studies are listed and compared")
  func listing() throws {
    #expect(try ProgramRun(search("a", method: "random", evaluations: 3), in: folder).exitCode == 0)
    #expect(try ProgramRun(search("b", method: "uniform", evaluations: 3), in: folder).exitCode == 0)
    let list = try ProgramRun(["study", "list", "--format", "json"], in: folder)
    let studies = try StudyListDocument(json: list.output).studies
    #expect(studies.map(\.path) == ["a/study.haq", "b/study.haq"])
    #expect(studies.map(\.state) == ["completed", "completed"])
    #expect(studies.map(\.method) == ["random", "uniform"])
    let comparison = try ProgramRun(["study", "compare", "a", "b"], in: folder)
    #expect(comparison.exitCode == 0)
    #expect(comparison.output.contains("method"), "\(comparison.output)")
    #expect(!comparison.output.contains("do not compare"))
  }

  @Test(
    "what is no study is named",
    arguments: [
      (["study", "show", "nowhere"], "nowhere: there is no study here"),
      (["study", "show", "tiny.onnx"], "tiny.onnx: the file is not a study of haq"),
      (["study", "list", "nowhere"], "nowhere: error: there is no such folder"),
    ])
  func refusals(arguments: [String], message: String) throws {
    let run = try ProgramRun(arguments, in: folder)
    #expect(run.exitCode == 1 && run.output == "")
    #expect(run.errors.contains(message), "\(run.errors)")
  }
}
