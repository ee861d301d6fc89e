import Conformance
import FixtureBuilding
import Foundation
import Testing

@Suite("Checks of specs and files")
struct SpecCheckTests {
  private func found(_ target: CheckedTarget) -> [String] {
    target.run().filter { $0.outcome.isFailure || $0.outcome.word == "warning" }.map(\.check.id)
  }

  @Test("a target without sources gets a warning, and nothing else")
  func sources() throws {
    let target = try CheckedTarget(defines: [], sources: "\"assumption\"")
    #expect(found(target) == ["sources-stated"])
  }

  @Test("a library that everyone may write to fails one check, and is not loaded for the others")
  func trust() throws {
    let target = try CheckedTarget(defines: [])
    #expect(chmod(target.library, 0o666) == 0)
    #expect(found(target) == ["files-trusted"])
    #expect(target.outcome(of: "repeat") == .blocked("there is no file to check"))
  }

  @Test("a library of another digest fails one check")
  func pin() throws {
    let zeros = String(repeating: "0", count: 64)
    let target = try CheckedTarget(defines: [], model: ", \"sha256\": \"\(zeros)\"")
    #expect(found(target) == ["pin-matches"])
  }

  @Test("a spec that cannot be read fails one check")
  func invalid() throws {
    let target = try CheckedTarget(defines: [], model: ", \"colour\": 1")
    #expect(found(target) == ["spec-valid"])
    // What could not be checked is not called skipped, which means that a rule does not apply.
    #expect(target.outcome(of: "repeat") == .blocked("the spec is not valid"))
    #expect(target.outcome(of: "spec-valid").reason?.contains("has no key \"colour\"") == true)
  }

  @Test("every check names a rule that its page has")
  func rules() throws {
    let abi = try String(contentsOfFile: Places.package + "/docs/abi.md", encoding: .utf8)
    let spec = try String(contentsOfFile: Places.package + "/docs/spec.md", encoding: .utf8)
    for check in Check.all {
      #expect(
        check.rule.hasPrefix("H-") ? abi.contains("**\(check.rule)**") : spec.contains("| \(check.rule) |"),
        "\(check.id)")
    }
    #expect(Set(Check.all.map(\.id)).count == Check.all.count)
  }
}
