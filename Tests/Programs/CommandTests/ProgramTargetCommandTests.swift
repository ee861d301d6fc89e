import Core
import Documents
import FixtureBuilding
import Foundation
import Testing

/// Commands on a target whose costs come from a program of the user's.
@Suite(.serialized) final class ProgramTargetCommandTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  init() throws { temporary = try TemporaryFolder() }

  /// Makes the template, with something before its function returns; every point that it is asked about is noted.
  private func make(_ statement: String = "pass") throws {
    let made = try ProgramRun(
      ["new", "target", "my-chip", "--kind", "program", "--language", "python"], in: folder)
    #expect(made.exitCode == 0, "\(made.errors)")
    let path = "\(folder)/my-chip/my-chip.py"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let noted = "    open('asked', 'a').write('x')\n    \(statement)\n    products = "
    try Data(text.replacing("    products = ", with: noted).utf8).write(to: URL(filePath: path))
  }

  private func asked() -> Int {
    (try? Data(contentsOf: URL(filePath: "\(folder)/my-chip/asked")))?.count ?? 0
  }

  private static let cost = [
    "cost", "fashion-mobilenet-v1", "--target", "my-chip/my-chip.json", "--bits", "W3A5", "--format", "json",
  ]

  @Test("haq cost says when each cost was given, and asks for none twice")
  func cost() throws {
    try make()
    let first = try ProgramRun(Self.cost, in: folder)
    #expect(first.exitCode == 0, "\(first.errors)")
    let layers = try first.document(CostDocument.self).layers
    for layer in layers {
      #expect(layer.answer?.at.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/) != nil)
      // Products of single bits at 10^12 a second.
      let latency = try #require(layer.cost[.latency])
      #expect(abs(latency - Double(layer.macs) * 15 / 1e12) <= 1e-9 * latency)
    }
    let count = asked()
    // 28 layers of which some have one shape, at 64 pairs of widths, and the check of the spec.
    #expect(count > 1000 && count < 28 * 64 && count % 64 == 1)
    let second = try ProgramRun(Self.cost, in: folder)
    #expect(second.output == first.output)
    #expect(asked() == count)
  }

  @Test("a killed haq loses no answer, and the next one asks for the rest alone")
  func killed() throws {
    try make("__import__('time').sleep(0.002)")
    var kills = 0
    for delay in [1.0, 0.7, 1.3, 0.9] {
      let run = try RunningProgram(Self.cost, in: folder)
      usleep(UInt32(delay * 1e6))
      guard run.process.isRunning else { break }
      kill(run.process.processIdentifier, SIGKILL)
      run.process.waitUntilExit()
      kills += 1
    }
    #expect(kills > 0)
    let before = asked()
    let last = try ProgramRun(Self.cost, in: folder)
    #expect(last.exitCode == 0, "\(last.errors)")
    // Killed before its reply was read, a point is asked about again: one for each kill, and what a program that reads
    // no request any more had begun.
    try make2()
    let whole = try ProgramRun(
      Self.cost.map { $0.replacing("my-chip/my-chip.json", with: "again/my-chip.json") }, in: folder)
    let points = (try Data(contentsOf: URL(filePath: "\(folder)/again/asked"))).count
    #expect(asked() >= points)
    #expect(asked() - points <= kills * 40, "\(asked()) asked, \(points) points, \(before) before the last")
    let layers = try (last.document(CostDocument.self).layers, whole.document(CostDocument.self).layers)
    #expect(layers.0.map(\.cost) == layers.1.map(\.cost))
  }

  /// The same target in another folder, without answers.
  private func make2() throws {
    try FileManager.default.createDirectory(atPath: "\(folder)/again", withIntermediateDirectories: false)
    for name in ["my-chip.json", "my-chip.py", "haq_costs.py"] {
      try FileManager.default.copyItem(atPath: "\(folder)/my-chip/\(name)", toPath: "\(folder)/again/\(name)")
    }
  }

  @Test("haq targets show, table build, cost --explain and search work as on any target")
  func others() throws {
    try make()
    let shown = try ProgramRun(["targets", "show", "my-chip/my-chip.json"], in: folder)
    #expect(shown.output.contains("Model: program\n  command: python3 my-chip.py"), "\(shown.output)")
    #expect(asked() == 0)
    let built = try ProgramRun(
      ["table", "build", "fashion-mobilenet-v1", "--target", "my-chip/my-chip.json", "-o", "table.csv"],
      in: folder)
    #expect(built.exitCode == 0, "\(built.errors)")
    let lines = try String(contentsOfFile: "\(folder)/table.csv", encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 1 + 28 * 64)
    let count = asked()
    let explained = try ProgramRun(
      ["cost", "fashion-mobilenet-v1", "--target", "my-chip/my-chip.json", "--explain", "stem"], in: folder)
    #expect(explained.exitCode == 0, "\(explained.errors)")
    #expect(asked() == count)
  }

  @Test("a program from where the user did not put it is not started, unless it is named by its path")
  func rights() throws {
    try make()
    let environment = ["HAQ_TARGETS": "", "XDG_DATA_DIRS": "\(folder)/system", "HOME": "\(folder)/home"]
    try FileManager.default.createDirectory(
      atPath: "\(folder)/system/haq", withIntermediateDirectories: true)
    try FileManager.default.moveItem(atPath: "\(folder)/my-chip", toPath: "\(folder)/system/haq/targets")
    let refused = try ProgramRun(
      ["cost", "fashion-mobilenet-v1", "--target", "my-chip"], in: folder, environment: environment)
    #expect(refused.exitCode == 1)
    #expect(refused.errors.contains("runs a program with your rights, and lies in a folder that is searched"))
    #expect(!FileManager.default.fileExists(atPath: "\(folder)/system/haq/targets/asked"))
    let named = try ProgramRun(
      ["cost", "fashion-mobilenet-v1", "--target", "system/haq/targets/my-chip.json"], in: folder,
      environment: environment)
    #expect(named.exitCode == 0, "\(named.errors)")
  }
}
