/// One thing that is measured; a file in `Benchmarks` each.
protocol Benchmark {
  /// Measures everything `runs` times, after whatever warming up it needs.
  func measure(runs: Int) throws -> [Measurement]
}

/// The time that `work` takes, in seconds of the wall clock.
func seconds(_ work: () throws -> Void) rethrows -> Double {
  let parts = try ContinuousClock().measure(work).components
  return Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
}

/// Takes `value`, so that the optimizer cannot leave out what made it.
@inline(never)
@_optimize(none)
func keep(_ value: some Any) {}
