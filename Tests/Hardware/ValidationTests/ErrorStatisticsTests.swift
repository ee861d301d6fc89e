import Testing
import Validation

@Suite("error statistics")
struct ErrorStatisticsTests {
  @Test("four points, by hand")
  func byHand() throws {
    // Relative errors: +0.1, -0.05, 0, +0.5. Mean size 0.65 / 4, mean 0.55 / 4.
    // Measured mean 25, spread 225 + 25 + 25 + 225 = 500; squares of differences 1 + 1 + 0 + 400 = 402.
    let statistics = try #require(
      ErrorStatistics(predicted: [11, 19, 30, 60], measured: [10, 20, 30, 40]))
    #expect(statistics.count == 4)
    #expect(abs(statistics.meanAbsoluteError - 0.1625) < 1e-15)
    #expect(statistics.largestAbsoluteError == 0.5)
    #expect(abs(statistics.bias - 0.1375) < 1e-15)
    #expect(statistics.within5Percent == 0.5)
    #expect(statistics.within10Percent == 0.75)
    #expect(abs((statistics.rSquared ?? 0) - (1 - 402.0 / 500)) < 1e-15)
    #expect(statistics.kendall == 1)
    #expect(statistics.spearman == 1)
  }

  @Test("a perfect prediction has no error and R squared 1")
  func perfect() throws {
    let statistics = try #require(ErrorStatistics(predicted: [1, 2, 4], measured: [1, 2, 4]))
    #expect(statistics.meanAbsoluteError == 0 && statistics.bias == 0)
    #expect(statistics.within5Percent == 1)
    #expect(statistics.rSquared == 1)
  }

  @Test("what equal measurements cannot tell is absent, not zero")
  func constant() throws {
    let statistics = try #require(ErrorStatistics(predicted: [1, 2], measured: [2, 2]))
    #expect(statistics.rSquared == nil && statistics.kendall == nil && statistics.spearman == nil)
    #expect(statistics.meanAbsoluteError == 0.25)
    #expect(ErrorStatistics(predicted: [], measured: []) == nil)
  }

  @Test("limits that are missed are named, and only those")
  func thresholds() throws {
    let statistics = try #require(
      ErrorStatistics(predicted: [11, 19, 30, 60], measured: [10, 20, 30, 40]))
    let met = Thresholds(maxMAPE: 16.3, maxError: 50, minWithin5: 50, minWithin10: 75, minKendall: 1)
    #expect(met.failures(of: statistics) == [])
    let missed = Thresholds(maxMAPE: 16, minWithin5: 60, minRSquared: 0.9)
    let failures = missed.failures(of: statistics)
    #expect(failures.count == 3)
    #expect(failures.first?.hasPrefix("the mean absolute percentage error is 16.25 %") == true)
    let one = try #require(ErrorStatistics(predicted: [1], measured: [1]))
    #expect(Thresholds(minKendall: 0).failures(of: one).count == 1)
  }
}
