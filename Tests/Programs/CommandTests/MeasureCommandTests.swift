import Core
import Documents
import FixtureBuilding
import Foundation
import Measuring
import Testing

/// `haq measure` on a device whose latencies are known.
@Suite(.serialized) final class MeasureCommandTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  init() throws { temporary = try TemporaryFolder() }

  private func makeTarget(_ cost: String) throws { try KnownDevice.make(in: temporary, cost) }

  private static let plain = KnownDevice.plain

  private func measure(_ arguments: String...) throws -> ProgramRun {
    try ProgramRun(["measure", "--target", "dev/dev.json"] + arguments, in: folder)
  }

  @Test("writes a table of every different layer, which makes a target of its own")
  func table() throws {
    try makeTarget(Self.plain)
    let run = try measure(
      "--network", "fashion-mobilenet-v1", "--only", "W4A4,W8A8", "-o", "table.csv", "--format", "json")
    #expect(run.exitCode == 0, "\(run.errors)")
    let document = try run.document(MeasurementDocument.self)
    // 28 layers, of which some have one shape.
    #expect(document.layers < 28 && document.layers > 15)
    #expect(document.points.planned == 2 * document.layers && document.points.costed == 2 * document.layers)
    #expect(document.points.known == 0 && document.withoutCost == [])
    // 1.2533 / 0.67449 x 0.01 / 5 = 0.372 %.
    let precision = try #require(document.precision)
    #expect(precision.share == 1 && abs(precision.worst - 0.003_716) < 1e-6)
    #expect(document.repeatability?.worst == 0)
    #expect(document.target.device == "a known one")
    let converted = try ProgramRun(
      ["table", "convert", "table.csv", "-o", "t.csv", "--as-target", "measured-dev"], in: folder)
    #expect(converted.exitCode == 0, "\(converted.errors)")
    let costs = try ProgramRun(
      [
        "cost", "fashion-mobilenet-v1", "--target", "measured-dev.json", "--bits", "W4A4", "--format", "json",
      ], in: folder)
    #expect(costs.exitCode == 0, "\(costs.errors)")
    for layer in try costs.document(CostDocument.self).layers {
      let latency = try #require(layer.cost[.latency])
      #expect(abs(latency - Double(layer.macs) * 16 / 1e12) <= 1e-9 * latency)
    }
    let again = try measure(
      "--network", "fashion-mobilenet-v1", "--only", "W4A4,W8A8", "-o", "again.csv", "--format", "json")
    #expect(try again.document(MeasurementDocument.self).points.known == 2 * document.layers)
    #expect(try again.document(MeasurementDocument.self).sha256 == document.sha256)
  }

  @Test("counts what cannot run, and says that it is unsure")
  func problems() throws {
    try makeTarget(
      """
      if layer.kind == "depthwise": raise haq_costs.Unsupported("no such kernel")
      if layer.kernel == (7, 7): raise MemoryError("too large")
      return {"cost": {"latency_s": seconds(layer, weight_bits)}, "spread": 0.5, "repetitions": 4}
      """)
    let run = try measure(
      "--network", "fashion-mobilenet-v1", "--plan", "random:40", "--only", "W8A8", "--takes", "2", "-o",
      "t.csv",
      "--format", "json")
    #expect(run.exitCode == 0, "\(run.errors)")
    let document = try run.document(MeasurementDocument.self)
    let reasons = document.withoutCost
    #expect(Set(reasons.map(\.kind)) == [.unsupported, .failed])
    #expect(reasons.first { $0.kind == .unsupported }?.reason == "no such kernel")
    #expect(reasons.first { $0.kind == .failed }?.reason.contains("too large") == true)
    #expect(reasons.reduce(0) { $0 + $1.points } == document.points.unsupported + document.points.unanswered)
    #expect(document.precision?.share == 0)
    #expect(document.warnings.contains { $0.contains("error above 2.0 %") }, "\(document.warnings)")
    let text = try measure(
      "--network", "fashion-mobilenet-v1", "--plan", "random:40", "--only", "W8A8", "--takes", "2", "-o",
      "t.csv")
    #expect(text.output.contains("cannot run: no such kernel ("), "\(text.output)")
    #expect(text.output.contains("warning: "))
  }

  @Test("Ctrl-C keeps all, writes the table so far, and the same command goes on")
  func interrupted() throws {
    try makeTarget("import time; time.sleep(0.02)\n" + Self.plain)
    let arguments = [
      "measure", "--target", "dev/dev.json", "--network", "fashion-mobilenet-v1", "--only", "W4A4,W8A8", "-o",
      "t.csv",
    ]
    let running = try RunningProgram(arguments, in: folder)
    let asked = { (try? Data(contentsOf: URL(filePath: "\(self.folder)/dev/asked")))?.count ?? 0 }
    while running.process.isRunning, asked() < 10 { usleep(1000) }
    kill(running.process.processIdentifier, SIGINT)
    running.process.waitUntilExit()
    #expect(running.process.terminationStatus == 130)
    let lines = try String(contentsOfFile: "\(folder)/t.csv", encoding: .utf8).split(separator: "\n")
    #expect(lines.count > 8 && lines.count < 40)
    let run = try ProgramRun(arguments + ["--format", "json"], in: folder)
    #expect(run.exitCode == 0, "\(run.errors)")
    let document = try run.document(MeasurementDocument.self)
    #expect(document.points.known == lines.count - 1)
    #expect(document.points.unanswered == 0)
  }

  @Test("--plan active measures until its predictor is good enough, and says how it went")
  func active() throws {
    // The latency of a layer is its multiply-accumulates: 40 random layers are enough to know that.
    try makeTarget(Self.plain)
    let arguments = ["--plan", "active:60", "--until", "20%", "--only", "W8A8", "-o", "t.csv"]
    let run = try ProgramRun(
      ["measure", "--target", "dev/dev.json"] + arguments + ["--format", "json"], in: folder)
    #expect(run.exitCode == 0, "\(run.errors)")
    let document = try run.document(MeasurementDocument.self)
    let choice = try #require(document.choice)
    #expect(choice.goal == 0.2 && choice.isReached && choice.rounds.map(\.layers) == [40])
    #expect(try #require(choice.rounds[0].heldOutError) <= 0.2)
    #expect(document.layers == 40 && document.points.planned == 40 && document.points.known == 0)
    #expect(document.repeatability?.points == 10)
    let again = try ProgramRun(["measure", "--target", "dev/dev.json"] + arguments, in: folder)
    #expect(again.output.contains("The error to reach, 20.0 %, was reached."), "\(again.output)")
    #expect(again.output.contains("; 40 points were recorded before."), "\(again.output)")
  }

  @Test(
    "says what is missing or wrong",
    arguments: [
      (["-o", "t.csv"], 64, "Give layers to measure"),
      (["--network", "fashion-mobilenet-v1"], 64, "-o table.csv"),
      (["--network", "fashion-mobilenet-v1", "-o", "t.npy"], 64, "is a .csv file"),
      (["--plan", "grid:3", "-o", "t.csv"], 64, "random:300"),
      (["--plan", "active:7", "-o", "t.csv"], 64, "50 to 5000 layers"),
      (["--plan", "random:9", "--until", "10%", "-o", "t.csv"], 64, "--until is the goal of --plan active"),
      (["--network", "fashion-mobilenet-v1", "--precision", "200%", "-o", "t.csv"], 64, "between 0 and 1"),
      (["--network", "fashion-mobilenet-v1", "--only", "W32A32", "-o", "t.csv"], 1, "has no W32A32"),
      (["--network", "fashion-mobilenet-v1", "--bits", "W8A8", "-o", "t.csv"], 64, "makes no table"),
      (["--network", "fashion-mobilenet-v1", "--bits", "W8A8"], 1, "runs layers alone"),
      (["--network", "fashion-mobilenet-v1", "--mixes", "2", "-o", "n.json"], 1, "runs layers alone"),
      (["--network", "fashion-mobilenet-v1", "--mixes", "2", "-o", "n.csv"], 64, "-o networks.json"),
      (
        ["--study", "run", "--bits", "W8A8"], 64, "leave out --network, --plan, --batch, --policy and --bits"
      ),
      (["--study", "run", "-o", "t.csv"], 64, "makes no table"),
      (["--study", "nowhere"], 1, "nowhere"),
      (["--plan", "random:3", "--mixes", "2", "-o", "n.json"], 64, "runs whole networks"),
      (["--network", "fashion-mobilenet-v1", "--mixes", "1001", "-o", "n.json"], 64, "0 to 1000"),
      (
        ["--network", "fashion-mobilenet-v1", "--predicted-by", "x", "-o", "t.csv"], 64,
        "--predicted-by is for"
      ),
    ] as [([String], Int32, String)])
  func mistakes(arguments: [String], code: Int32, words: String) throws {
    try makeTarget(Self.plain)
    let run = try ProgramRun(["measure", "--target", "dev/dev.json"] + arguments, in: folder)
    #expect(run.exitCode == code)
    #expect(run.errors.contains(words), "\(run.errors)")
  }

  @Test("refuses a target that is no program")
  func noProgram() throws {
    let run = try ProgramRun(
      ["measure", "--target", "bismo-vu9p", "--network", "mobilenet-v2", "-o", "t.csv"], in: folder)
    #expect(run.exitCode == 1)
    #expect(run.errors.contains("its costs do not come from a program"), "\(run.errors)")
  }
}
