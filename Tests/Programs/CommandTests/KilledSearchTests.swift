import FixtureBuilding
import Foundation
import SearchRuns
import Testing

/// Searches of every method that are killed again and again, with their evaluators, end as those that ran through.
///
/// HAQ_KILLS=200 kills as often; the default keeps the tests short.
@Suite(.serialized) final class KilledSearchTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  init() throws {
    temporary = try TemporaryFolder()
    try TinyNetwork.write(to: "\(folder)/tiny.onnx")
  }

  private static let allKills = ProcessInfo.processInfo.environment["HAQ_KILLS"].flatMap(Int.init)

  struct Case: CustomTestStringConvertible {
    var method: SearchSettings.Method
    /// With activations of 8 bit alone; nil searches all widths of the target.
    var weightBits: [Int]?
    /// Of `ddpg`.
    var rewardLag = 1

    var testDescription: String { "\(name), \(space)" }
    var name: String { rewardLag == 1 ? method.rawValue : "\(method.rawValue), lag \(rewardLag)" }
    var space: String { weightBits.map { "\($0.count * $0.count) policies" } ?? "all widths of the target" }
  }

  /// Two layers are searched.
  private static let all =
    SearchSettings.Method.allCases.flatMap { method in
      [Case(method: method, weightBits: [2, 4, 8]), Case(method: method)]
    } + [Case(method: .ddpg, rewardLag: 6)]

  /// All of them when it is asked for, else those with most to lose.
  static let cases =
    allKills == nil
    ? [all[0], Case(method: .evolution, weightBits: [2, 4, 8]), Case(method: .ddpg, rewardLag: 6)] : all
  static let killsEach = allKills.map { max(1, ($0 + all.count - 1) / all.count) } ?? 2

  private enum Victim: String, CaseIterable {
    case program
    case evaluator
    case both
  }

  private func arguments(_ one: Case, _ evaluator: String, _ output: String) -> [String] {
    [
      "search", "tiny.onnx", "--target", "bismo-zynq7020", "--latency", "0.95x", "--search-samples", "50",
      "--final-finetune-samples", "64", "--finalists", "2", "--workers", "2", "--method", one.method.rawValue,
      "--evaluations", "40", "--evaluator", evaluator, "-o", output,
    ]
      + (one.method == .ddpg
        ? ["--warm-up", "5", "--hidden", "32,32", "--reward-lag", "\(one.rewardLag)"] : [])
  }

  private func files(_ run: String) throws -> [String: Data] {
    try ["policy.json", "episodes.jsonl", "report.json"].reduce(into: [:]) {
      $0[$1] = try Data(contentsOf: URL(filePath: "\(folder)/\(run)/\($1)"))
    }
  }

  /// The recorded evaluations without when and by whom they were made.
  private func evaluations(_ run: String) throws -> [String] {
    let output = "\(folder)/export-\(UUID().uuidString)"
    let export = try ProgramRun(["study", "export", run, "-o", output], in: folder)
    #expect(export.exitCode == 0, "\(export.errors)")
    return try String(contentsOfFile: "\(output)/evaluations.csv", encoding: .utf8).split(separator: "\n").map
    {
      var cells = $0.split(separator: ",", omittingEmptySubsequences: false)
      cells.removeSubrange(1...3)
      return cells.joined(separator: ",")
    }
  }

  /// The evaluators that a program has started.
  private func evaluators(of program: Int32) throws -> [Int32] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap(Int32.init).filter { process in
      guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
        let end = status.lastIndex(of: ")")
      else { return false }
      let words = status[end...].split(separator: " ")
      return words.count > 2 && Int32(words[2]) == program && status[..<end].contains("python3")
    }
  }

  /// Lets a program run for `seconds`, then kills its victim; whether it ended by itself, and well.
  private func run(_ arguments: [String], killing victim: Victim?, after seconds: Double) throws -> (
    hasEnded: Bool, kills: Int
  ) {
    let running = try RunningProgram(arguments, in: folder)
    let program = running.process.processIdentifier
    var kills = 0
    if let victim {
      let deadline = ContinuousClock.now + .seconds(seconds)
      while running.process.isRunning, ContinuousClock.now < deadline { usleep(500) }
      if running.process.isRunning {
        let evaluators = try evaluators(of: program)
        if victim != .program {
          // One of two where the program is to go on.
          for process in victim == .both ? evaluators : Array(evaluators.shuffled().prefix(1)) {
            kill(process, SIGKILL)
            kills = 1
          }
        }
        if victim != .evaluator {
          kill(program, SIGKILL)
          kills = 1
        }
      }
    }
    running.process.waitUntilExit()
    guard running.process.terminationReason == .exit else { return (false, kills) }
    let errors = try String(contentsOfFile: running.errors, encoding: .utf8)
    #expect(running.process.terminationStatus == 0, "\(victim?.rawValue ?? "nothing") killed: \(errors)")
    return (true, kills)
  }

  @Test("byte for byte, whichever of them is killed", arguments: cases)
  func killed(_ one: Case) throws {
    let evaluator = try ScriptedEvaluator.write(
      to: folder, answerDelaySeconds: 0.005,
      states: one.weightBits.map { "\"weight_bits\": \($0), \"activation_bits\": [8]," } ?? "")
    let whole = try ContinuousClock().measure {
      let run = try ProgramRun(arguments(one, evaluator, "whole"), in: folder)
      #expect(run.exitCode == 0, "\(run.errors)")
    }
    let (expected, recorded) = (try files("whole"), try evaluations("whole"))
    var (kills, studies) = (0, 0)
    while kills < Self.killsEach {
      studies += 1
      let name = "run\(studies)"
      var hasEnded = false
      while !hasEnded {
        let begun = FileManager.default.fileExists(atPath: "\(folder)/\(name)/study.haq")
        if !begun { try? FileManager.default.removeItem(atPath: "\(folder)/\(name)") }
        let moment = Double.random(in: 0.05...1) * (whole / .seconds(1))
        let result = try run(
          begun ? ["study", "resume", name] : arguments(one, evaluator, name),
          killing: kills < Self.killsEach ? Victim.allCases.randomElement() : nil, after: moment)
        hasEnded = result.hasEnded
        kills += result.kills
      }
      #expect(try files(name) == expected, "study \(studies) after \(kills) kills")
      #expect(try evaluations(name) == recorded, "study \(studies) after \(kills) kills")
      let check = try ProgramRun(["study", "show", name, "--check"], in: folder)
      #expect(check.exitCode == 0, "\(check.errors)")
      try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
    }
    if Self.allKills != nil {
      print("| \(one.name) | \(one.space) | \(recorded.count - 1) | \(studies) | \(kills) |")
    }
  }
}
