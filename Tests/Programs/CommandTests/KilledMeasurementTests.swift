import Core
import Documents
import FixtureBuilding
import Foundation
import Testing

/// Measurements that are killed again and again, with their cost program, end as one that ran through.
///
/// HAQ_KILLS=50 kills as often; the default keeps the tests short.
@Suite(.serialized) final class KilledMeasurementTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  private static let kills = ProcessInfo.processInfo.environment["HAQ_KILLS"].flatMap(Int.init) ?? 6

  private enum Victim: String, CaseIterable {
    case haq
    case program
    case both
  }

  init() throws { temporary = try TemporaryFolder() }

  /// A device whose latencies are known, and so unsure that points are asked about three times.
  private func makeTarget(_ name: String) throws {
    let made = try ProgramRun(
      ["new", "target", name, "--kind", "program", "--language", "python"], in: folder)
    #expect(made.exitCode == 0, "\(made.errors)")
    try temporary.write(
      """
      import time
      import haq_costs

      def cost(layer, weight_bits, activation_bits, batch):
          with open("asked", "a") as file:
              file.write("x")
          time.sleep(0.002)
          if layer.kind == "depthwise" and weight_bits == 2:
              raise haq_costs.Unsupported("no two bits here")
          seconds = batch * layer.macs * weight_bits * activation_bits / 1e12
          return {"cost": {"latency_s": seconds}, "spread": 0.05, "repetitions": 9, "least_s": seconds / 2}

      haq_costs.serve(
          cost, program="slow 1", device="none", measured=True, parameters={"bit_products_per_s": 1e12},
          precisions=[f"W{w}A{a}" for w in range(1, 9) for a in range(1, 9)])
      """, to: "\(name)/\(name).py")
  }

  private func arguments(_ name: String) -> [String] {
    [
      "measure", "--target", "\(name)/\(name).json", "--network", "fashion-mobilenet-v1", "--plan",
      "random:20",
      "--only", "W2A2,W4A8,W8A8", "--precision", "2%", "--takes", "3", "-o", "\(name).csv", "--format",
      "json",
    ]
  }

  /// The table without the times at which points were measured.
  private func table(_ name: String) throws -> [[Substring]] {
    let lines = try String(contentsOfFile: "\(folder)/\(name).csv", encoding: .utf8).split(separator: "\n")
      .map {
        $0.split(separator: ",", omittingEmptySubsequences: false)
      }
    let position = try #require(lines.first?.firstIndex { $0 == "x-measured_at" })
    return lines.map { line in
      var line = line
      line.remove(at: position)
      return line
    }
  }

  private func asked(_ name: String) -> Int {
    (try? Data(contentsOf: URL(filePath: "\(folder)/\(name)/asked")))?.count ?? 0
  }

  /// The programs that a process has started.
  private func children(of parent: Int32) throws -> [Int32] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }.filter { process in
      guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
        let end = status.lastIndex(of: ")")
      else { return false }
      let words = status[end...].split(separator: " ")
      return words.count > 2 && Int32(words[2]) == parent
    }
  }

  @Test("their tables are the same, and no answer is lost")
  func killed() throws {
    try makeTarget("whole")
    let whole = try ProgramRun(arguments("whole"), in: folder)
    #expect(whole.exitCode == 0, "\(whole.errors)")
    let points = asked("whole")
    #expect(points > 200)

    var random = SystemRandomNumberGenerator()
    var (kills, measurements, lost, askedTwice) = (0, 0, 0, 0)
    var byVictim: [String: Int] = [:]
    while kills < Self.kills {
      measurements += 1
      #expect(measurements <= 20 * Self.kills, "kills come too late")
      guard measurements <= 20 * Self.kills else { break }
      let name = "killed-\(measurements)"
      try makeTarget(name)
      var (answers, killsHere, isComplete) = (Data(), 0, false)
      while !isComplete {
        let running = try RunningProgram(arguments(name), in: folder)
        let program = running.process.processIdentifier
        if kills < Self.kills {
          let end = ContinuousClock.now + .milliseconds(Int.random(in: 50...1500, using: &random))
          while running.process.isRunning, ContinuousClock.now < end { usleep(500) }
        }
        if running.process.isRunning, kills < Self.kills {
          let victim = Victim.allCases[kills % Victim.allCases.count]
          let children = try children(of: program)
          if victim != .haq { for child in children { kill(child, SIGKILL) } }
          if victim != .program { kill(program, SIGKILL) }
          kills += 1
          killsHere += 1
          byVictim[victim.rawValue, default: 0] += 1
        }
        running.process.waitUntilExit()
        isComplete = running.process.terminationReason == .exit && running.process.terminationStatus == 0
        // What was written stays as it is, and more comes behind it.
        let now = (try? Data(contentsOf: URL(filePath: "\(folder)/\(name)/\(name).answers"))) ?? Data()
        if !now.starts(with: answers) { lost += 1 }
        answers = now
      }
      #expect(try table(name) == (try table("whole")), "\(name)")
      askedTwice += asked(name) - points
      // A program goes on with its request until it notices that nobody reads its replies.
      #expect(asked(name) >= points && asked(name) - points <= 60 * killsHere, "\(asked(name)), \(points)")
    }
    #expect(lost == 0)
    print(
      "killed \(kills) times in \(measurements) measurements of \(points) answers (\(byVictim.sorted { $0.key < $1.key })); "
        + "\(askedTwice) answers were asked for again")
  }
}
