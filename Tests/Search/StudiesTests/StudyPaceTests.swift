import Core
import Evaluation
import Studies
import Testing

/// Rates and estimates, against hand calculations.
struct StudyPaceTests {
  /// Answers at the given seconds after 12:00.
  private func answers(
    at seconds: [Int], samples: Int? = 100, worker: Int = 1, session: Int? = 1
  ) -> [RecordedEvaluation] {
    seconds.enumerated().map { index, second in
      RecordedEvaluation(
        number: index + 1,
        request: EvaluationRequest(policy: Policy([.eight]), split: .validation, samples: samples),
        result: EvaluationResult(accuracy: 0.5, loss: 1, samples: samples ?? 1000), costs: [:],
        worker: worker,
        durationSeconds: Double(index + 1),
        endedAt: "2026-01-01T12:\(Self.two(second / 60)):\(Self.two(second % 60)).000Z",
        session: session)
    }
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  @Test(
    "three answers in twenty seconds are two intervals: six a minute; two of five to come take twenty seconds"
  )
  func steady() throws {
    let pace = StudyPace(answers(at: [0, 10, 20]), policies: 3, planned: 5, searchSamples: 100)
    #expect(pace.answersPerMinute == 6)
    #expect(pace.share == 0.6)
    #expect(pace.timeLeftSeconds == 20)
    #expect(pace.workers.map(\.answers) == [3])
    #expect(pace.workers[0].meanSeconds == 2 && pace.workers[0].longestSeconds == 3)
    #expect(pace.workers[0].lastAnswerAt == "2026-01-01T12:00:20.000Z")
  }

  @Test("a sensitivity measurement on a quarter of the samples is a quarter of an evaluation")
  func measurements() {
    // Four quarters are one of two evaluations; three quarters in 30 s leave one whole for 40 s.
    let pace = StudyPace(
      answers(at: [0, 10, 20, 30], samples: 25), policies: 0, planned: 2, searchSamples: 100)
    #expect(pace.share == 0.5)
    #expect(pace.timeLeftSeconds == 40)
  }

  @Test("the comparison at the end, on whole splits, is not the search")
  func comparison() {
    let search = answers(at: [0, 10])
    let pace = StudyPace(
      search + answers(at: [20, 30], samples: nil), policies: 2, planned: 2, searchSamples: 100)
    #expect(pace.share == 1 && pace.timeLeftSeconds == nil)
    #expect(pace.answersPerMinute == 6)
  }

  @Test("only the last session has a pace: the night between two is not counted, nor what a fork took over")
  func sessions() {
    let pace = StudyPace(
      answers(at: [0, 1], session: nil) + answers(at: [0, 1, 2], session: 1)
        + answers(at: [1000, 1030], worker: 2, session: 2),
      policies: 5, planned: 10, searchSamples: 100)
    #expect(pace.answersPerMinute == 2)
    #expect(pace.workers.map(\.number) == [2])
    #expect(pace.timeLeftSeconds == 150)
  }

  @Test("a worker's rate begins with its first answer's work; those of all sessions have one")
  func workers() throws {
    // The first answer of each took 1 s, and no later one is earlier.
    let pace = StudyPace(
      answers(at: [0, 10, 20], worker: 2, session: 1) + answers(at: [30, 59], worker: 1, session: 1)
        + answers(at: [100], worker: 1, session: 3),
      policies: 6, planned: 10, searchSamples: 100)
    #expect(pace.allWorkers.map(\.session) == [1, 1, 3] && pace.allWorkers.map(\.number) == [1, 2, 1])
    #expect(pace.allWorkers.map(\.answers) == [2, 3, 1])
    // 2 in 30 s, 3 in 21 s, 1 in 1 s.
    #expect(pace.allWorkers.map(\.answersPerMinute) == [4, 3 / 21.0 * 60, 60])
    #expect(pace.workers == Array(pace.allWorkers.suffix(1)))
  }

  @Test("answers are counted in the order of questions, whichever came first")
  func order() {
    // The answer of second 40 has the first number and came last.
    let pace = StudyPace(answers(at: [40, 0, 10]), policies: 3, planned: 9, searchSamples: 100)
    // The earliest, of second 0, took 2 s: 3 in 42 s.
    #expect(pace.workers[0].answersPerMinute == 3 / 42.0 * 60)
  }

  @Test("nothing is estimated from one answer, or from a clock that went back")
  func unknown() {
    for seconds in [[], [5], [20, 10]] {
      let pace = StudyPace(answers(at: seconds), policies: seconds.count, planned: 9, searchSamples: 100)
      #expect(pace.answersPerMinute == nil && pace.timeLeftSeconds == nil)
    }
  }
}
