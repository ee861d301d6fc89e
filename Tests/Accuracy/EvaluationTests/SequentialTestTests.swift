import Evaluation
import Testing

@Suite struct SequentialTestTests {
  /// A small generator of its own, so that the test does not depend on the library's.
  private struct Stream: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ (state >> 29)
    }
  }

  @Test("the probability of a few right answers is what counting every selection gives")
  func bruteForce() {
    // 8 samples of which the first 5 are right: all 2^8 selections of 4, counted.
    let test = SequentialTest(AccuracyBar(accuracy: 5.0 / 8, errorRate: 0.1), samples: 8, looks: 1)
    let selections = (0..<256).filter { $0.nonzeroBitCount == 4 }
    for correct in 0...4 {
      let few = selections.count { ($0 & 0b11111).nonzeroBitCount <= correct }
      let expected = Double(few) / Double(selections.count)
      #expect(abs(test.probability(ofAtMost: correct, among: 4) - expected) < 1e-12)
    }
  }

  @Test("without an allowed error, only what cannot be caught up is given up")
  func certainty() {
    let test = SequentialTest(AccuracyBar(accuracy: 0.9, errorRate: 0), samples: 100, looks: 10)
    // 90 must be right: with 11 wrong ones that is out of reach, with 10 it is not.
    #expect(!test.staysBelow(correct: 40, seen: 50))
    #expect(test.staysBelow(correct: 39, seen: 50))
  }

  @Test("a policy that just reaches the bar is given up no more often than stated")
  func errorRate() {
    let (samples, batch, errorRate) = (400, 50, 0.1)
    let test = SequentialTest(AccuracyBar(accuracy: 0.9, errorRate: errorRate), samples: samples, looks: 8)
    var answers = Array(repeating: true, count: 360) + Array(repeating: false, count: 40)
    var stream = Stream(state: 7)
    let runs = 4000
    let stopped = (0..<runs).count { _ in
      answers.shuffle(using: &stream)
      return stride(from: batch, to: samples, by: batch).contains { seen in
        test.staysBelow(correct: answers[..<seen].count { $0 }, seen: seen)
      }
    }
    // Three standard errors of a share of 0.1 in 4000 runs are 0.014.
    #expect(Double(stopped) / Double(runs) < errorRate + 0.014)
    #expect(stopped > 0)
  }

  @Test("a policy far below the bar is given up after the first batch")
  func power() {
    let test = SequentialTest(AccuracyBar(accuracy: 0.9, errorRate: 0.01), samples: 2000, looks: 8)
    // 250 samples at 80 % are 200; at 90 % the deviation is 4.5, so 200 lie more than five deviations below 225.
    #expect(test.staysBelow(correct: 200, seen: 250))
    #expect(!test.staysBelow(correct: 220, seen: 250))
  }
}
