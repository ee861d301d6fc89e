import FixtureBuilding
import Foundation
import Testing

@Suite("Attacks that last")
struct LastingAttackTests {
  /// Processes whose arguments name a folder.
  private static func processes(below folder: String) -> [String] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return all.filter { process in
      guard Int(process) != nil,
        let arguments = try? String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8)
      else { return false }
      return arguments.contains(folder) && arguments.contains("haq-sandbox")
    }
  }

  @Test("no sandbox outlives the program, however that ends", arguments: Setting.all, [SIGKILL, SIGTERM])
  func outlive(setting: Setting, signal: Int32) throws {
    let arena = try Arena(setting)
    let (process, output) = arena.process(arena.command(["outlive"]))
    try process.run()
    var text = ""
    while !text.contains("begins outlive") {
      let bytes = output.fileHandleForReading.availableData
      guard !bytes.isEmpty else { break }
      text += String(decoding: bytes, as: UTF8.self)
    }
    usleep(200_000)
    #expect(!Self.processes(below: arena.folder.path).isEmpty)
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    for _ in 0..<100 where !Self.processes(below: arena.folder.path).isEmpty {
      usleep(20_000)
    }
    #expect(Self.processes(below: arena.folder.path) == [])
  }

  @Test("no thread of a library runs between two batches", arguments: Setting.all)
  func background(setting: Setting) throws {
    let run = try Arena(setting).run(["background"])
    #expect(run.outcome(of: "background") == "held")
    // Two threads that never wait take 50 ticks each in half a second.
    #expect(try #require(run.number(after: "ticks between calls ")) <= 2)
  }

  @Test("text has a limit", arguments: ["flood-log", "flood-errors"])
  func floods(attack: String) throws {
    let run = try Arena(Setting.all[0]).run([attack])
    #expect(run.outcome(of: attack) == "held", "\(run.lines)")
    // H-27: 64 KiB a second, and the flood lasts a second and a half; it falls into three windows at most.
    #expect(try #require(run.number(after: "logged ")) <= 3 * 65_536 + 1_000)
    #expect(try #require(run.number(after: "logged ")) > 1_000)
  }

  @Test(
    "the user's terminal is out of reach",
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script"), "script is not installed"),
    arguments: Setting.all)
  func terminal(setting: Setting) throws {
    let arena = try Arena(setting)
    let attacks = ["terminal-open", "terminal-type", "terminal-take", "terminal-paste"]
    let command = arena.command(attacks).map { "'\($0)'" }.joined(separator: " ")
    let run = try arena.run(command: ["/usr/bin/script", "-qec", command, "/dev/null"])
    for attack in attacks { #expect(run.outcome(of: attack) == "held", "\(run.lines)") }
  }
}
