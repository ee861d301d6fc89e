import FixtureBuilding
import Foundation
import Isolation
import Testing

@Suite("Attacks on the sandbox")
struct SandboxAttackTests {
  /// All attacks in one sandbox for each setting, with what they aim at before and after.
  private struct Outcome: Sendable {
    var run: AttackRun
    var isUntouched: Bool
  }

  private static let outcomes: [Setting: Result<Outcome, any Error>] = Dictionary(
    uniqueKeysWithValues: Setting.all.map { setting in
      (
        setting,
        Result {
          let arena = try Arena(setting)
          let before = try arena.snapshot()
          let run = try arena.run(Attack.all)
          return Outcome(run: run, isUntouched: try arena.snapshot() == before)
        }
      )
    })

  private static func run(_ setting: Setting) throws -> AttackRun {
    try #require(outcomes[setting]).get().run
  }

  /// What this kernel grants; read from a sandbox that asked for everything.
  private static let confinement = (try? run(Setting.all[0]))?.confinement ?? ""
  static var hasLandlock: Bool { !confinement.contains("no Landlock") }
  static var hasUsers: Bool { confinement.contains("user+pid") }

  @Test("hold without what is best effort, too", arguments: Setting.all, Attack.required)
  func required(setting: Setting, attack: String) throws {
    let run = try Self.run(setting)
    #expect(run.outcome(of: attack) == "held", "\(run.lines.suffix(5))")
  }

  @Test(
    "on files that it may not read are held by Landlock",
    .enabled(if: hasLandlock, "this kernel has no Landlock, or a container refuses it"),
    arguments: Setting.all.filter { !$0.bestEffort.isEmpty }, Attack.byLandlock)
  func landlock(setting: Setting, attack: String) throws {
    #expect(try Self.run(setting).outcome(of: attack) == "held")
  }

  @Test(
    "on other processes are held by Landlock and by namespaces",
    .enabled(if: hasLandlock || hasUsers, "this kernel has neither Landlock nor namespaces for users"),
    arguments: Setting.all.filter { !$0.bestEffort.isEmpty }, Attack.byNamespaces)
  func namespaces(setting: Setting, attack: String) throws {
    #expect(try Self.run(setting).outcome(of: attack) == "held")
  }

  @Test("that are held by best effort alone get out where that is switched off, so that the switch is one")
  func theSwitch() throws {
    let setting = try #require(Setting.all.first { $0.bestEffort.isEmpty })
    let run = try Self.run(setting)
    #expect(run.confinement == "confined by seccomp allow list, no Landlock, no namespaces")
    for attack in Attack.byLandlock + Attack.byNamespaces { #expect(run.outcome(of: attack) == "out") }
  }

  @Test("leave files, the program and other processes as they were", arguments: Setting.all)
  func untouched(setting: Setting) throws {
    let outcome = try #require(Self.outcomes[setting]).get()
    #expect(outcome.isUntouched)
    #expect(outcome.run.lines.last == "unchanged")
    #expect(outcome.run.status == 0)
  }

  @Test("are held before a library's entry is called", arguments: Setting.all)
  func constructors(setting: Setting) throws {
    let run = try Arena(setting, library: AttackLibrary.inConstructor).run(AttackLibrary.constructorAttacks)
    for attack in AttackLibrary.constructorAttacks {
      #expect(run.outcome(of: attack) == "held", "\(run.lines)")
    }
  }

  @Test("are told from what a cost model may do", arguments: Setting.all)
  func lawful(setting: Setting) throws {
    let run = try Arena(setting).run(Attack.lawful)
    for use in Attack.lawful { #expect(run.outcome(of: use) == "held", "\(use) \(run.lines)") }
  }

  @Test("are those that the page on threats names")
  func page() throws {
    let page = try String(contentsOfFile: Places.package + "/docs/threat-model.md", encoding: .utf8)
    let rows = page.split(separator: "\n").filter {
      $0.contains("| required |") || $0.contains("| best effort |")
    }
    let named = rows.flatMap { row in
      row.split(separator: "|").last?.split(separator: "`").map(String.init).filter { !$0.contains(" ") }
        ?? []
    }
    #expect(Set(named) == Set(Attack.all + Attack.lasting + Attack.ofX86))
  }
}
