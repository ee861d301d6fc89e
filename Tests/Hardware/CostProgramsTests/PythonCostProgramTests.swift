import FixtureBuilding
import Testing

/// Sources/Programs/cost-programs with Debian's Python and its python3-torch.
@Suite("Cost programs in Python") struct PythonCostProgramTests {
  @Test("pass their own tests", arguments: ["test_haq_costs", "test_pytorch_costs"])
  func unitTests(name: String) throws {
    let run = try CompilerRun(
      "/usr/bin/python3",
      [
        "-m", "unittest", "discover", "-s", "\(Places.package)/Tests/Programs/cost-programs", "-p",
        "\(name).py",
      ])
    #expect(run.exitCode == 0, "\(run.output)")
    // An empty folder passes, too.
    #expect(run.output.contains("Ran ") && !run.output.contains("Ran 0 tests"), "\(run.output)")
  }
}
