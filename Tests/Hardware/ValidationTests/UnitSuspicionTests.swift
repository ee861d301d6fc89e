import Testing
import Validation

@Suite("wrong units")
struct UnitSuspicionTests {
  private let units = [(name: "milliseconds", perSI: 1e3), (name: "microseconds", perSI: 1e6)]

  private func suspicion(_ ratios: [Double], clock: Double? = 2e8, batch: Int = 1) -> UnitSuspicion? {
    UnitSuspicion(ratios: ratios, units: units, clockHertz: clock, batch: batch)
  }

  @Test("a constant factor is explained by a prefix, the clock or the batch")
  func explained() {
    #expect(suspicion([999, 1000, 1004])?.explanation == .prefixed("milliseconds"))
    #expect(suspicion([1.9e8, 2e8, 2.1e8])?.explanation == .cycles(clockHertz: 2e8))
    #expect(suspicion([0.0625, 0.0625, 0.0625], batch: 16)?.explanation == .batch(16))
    #expect(suspicion([37, 37, 37])?.explanation == .some(nil))
  }

  @Test("says it as a sentence")
  func sentence() {
    let text = suspicion([2e8, 2e8, 2e8])?.sentence(siUnit: "seconds")
    #expect(
      text
        == "the table looks like cycles, not seconds: the ratio measured / predicted is constant, 2.00e+08, "
        + "and the clock is 200000000.0 Hz")
  }

  @Test("a model that is wrong by different factors is a wrong model, not a wrong unit")
  func wrongModel() {
    #expect(suspicion([0.9, 1.0, 1.1]) == nil)
    #expect(suspicion([100, 1000, 10_000]) == nil)
    #expect(suspicion([1000, 1000]) == nil)
  }
}
