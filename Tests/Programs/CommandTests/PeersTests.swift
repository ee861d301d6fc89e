import FixtureBuilding
import Testing

/// Sources/Programs/peers, as far as it needs none of them.
@Suite struct PeersTests {
  @Test("passes its own tests")
  func unitTests() throws {
    let run = try CompilerRun(
      "/usr/bin/python3",
      ["-m", "unittest", "discover", "-s", "\(Places.package)/Tests/Programs/peers"])
    #expect(run.exitCode == 0, "\(run.output)")
    // An empty folder passes, too.
    #expect(run.output.contains("Ran "), "\(run.output)")
    #expect(!run.output.contains("Ran 0 tests"))
  }
}
