import FixtureBuilding
import Testing

/// Sources/Programs/cost-programs/onnxruntime_costs.py in the environment that has onnxruntime.
@Suite("The cost program for onnxruntime") struct OnnxruntimeCostTests {
  @Test("passes its own tests")
  func unitTests() throws {
    _ = try Comparison.networks.get()
    let run = try CompilerRun(
      Comparison.python,
      [
        "-m", "unittest", "discover", "-s", "\(Places.package)/Tests/Programs/cost-programs", "-p",
        "test_onnxruntime_costs.py",
      ])
    #expect(run.exitCode == 0, "\(run.output)")
    // An empty folder passes, too.
    #expect(run.output.contains("Ran ") && !run.output.contains("Ran 0 tests"), "\(run.output)")
  }
}
