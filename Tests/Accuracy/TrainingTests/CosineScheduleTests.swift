import Testing
import Training

@Suite struct CosineScheduleTests {
  @Test("without warm-up the rate falls from the peak along half a cosine")
  func cosine() {
    let schedule = CosineSchedule(peak: 0.8, steps: 4)
    // (1 + cos(k pi / 4)) / 2: 1, (2 + sqrt 2) / 4, 1/2, (2 - sqrt 2) / 4.
    let expected = [0.8, 0.682_842_712_474_619, 0.4, 0.117_157_287_525_381]
    for (step, rate) in expected.enumerated() { #expect(abs(schedule.rate(atStep: step) - rate) < 1e-12) }
    #expect(abs(schedule.rate(atStep: 4)) < 1e-12)
  }

  @Test("warm-up rises in equal steps to the peak, the cosine starts there")
  func warmUp() {
    let schedule = CosineSchedule(peak: 1, warmUpSteps: 4, steps: 6)
    let expected = [0.25, 0.5, 0.75, 1, 1, 0.5]
    for (step, rate) in expected.enumerated() { #expect(abs(schedule.rate(atStep: step) - rate) < 1e-12) }
  }

  @Test("a schedule of nothing but warm-up ends at the peak")
  func onlyWarmUp() {
    let schedule = CosineSchedule(peak: 2, warmUpSteps: 2, steps: 2)
    #expect([0, 1].map { schedule.rate(atStep: $0) } == [1, 2])
  }
}
