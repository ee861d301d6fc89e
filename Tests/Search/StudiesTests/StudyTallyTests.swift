import Core
import Evaluation
import FixtureBuilding
import Foundation
import PrecisionSearch
import RandomNumbers
import Studies
import Testing

/// Sums over evaluations that are read once, against all of them read at the end.
struct StudyTallyTests {
  private let temporary: TemporaryFolder
  private let study: Study

  init() throws {
    temporary = try TemporaryFolder()
    study = try Study.create(
      at: temporary.path("study.haq"),
      NewStudy(
        arguments: [], directory: "/", facts: StudyFacts([.init(.search, "method", "auto")]),
        problem: StudyProblem(objective: .accuracy, budgets: [], evaluations: 60, searchSamples: 100)),
      programSHA256: "0")
  }

  private func policy(_ number: Int) -> Policy {
    Policy([number % 31 + 1, number / 31 + 1].map { Precision(weight: BitWidth($0)!, activation: .eight) })
  }

  private func record(_ number: Int) throws {
    let result: EvaluationResult =
      number % 7 == 6 ? .failed("exit status 9") : EvaluationResult(accuracy: 0.5, loss: 1, samples: 100)
    try study.record(
      EvaluationRequest(policy: number == 1 ? nil : policy(number), samples: 100),
      Answer(result, worker: number % 3 + 1, durationSeconds: Double(number)), costs: [:], number: number)
  }

  private func record(episode index: Int, of policy: Policy) throws {
    let result = EvaluationResult(accuracy: 0.5, loss: 1, samples: 100)
    try study.record(
      Episode(
        index: index, origin: .random, measured: MeasuredPolicy(policy: policy, cost: 1, result: result),
        reward: 0, isRepeated: false, isBest: false))
  }

  @Test(
    "a tally that is read on from time to time is that of the whole study, also while answers are missing")
  func readOn() throws {
    var source = RandomSource(seed: 2)
    // Three evaluators: an answer comes up to three places before its turn.
    var waiting = Array(1...60)
    var tally = StudyTally(try study.records.facts())
    var episodes = 0
    while !waiting.isEmpty {
      let number = waiting.remove(at: min(waiting.count - 1, Int(source.uniform() * 3)))
      try record(number)
      if number > 1, number.isMultiple(of: 2) {
        try record(episode: episodes, of: policy(number))
        episodes += 1
      }
      try tally.read(study.records)
      tally.note(try study.records.episodes(from: max(0, episodes - 2)))
      let whole = try study.records.tally()
      #expect(tally.counts == whole.counts)
      #expect(tally.evaluationCount == 60 - waiting.count && whole.evaluationCount == tally.evaluationCount)
      #expect(tally.failedPolicyCount == (try study.records.failedPolicyCount()))
      let evaluations = try study.records.evaluations()
      let pace = tally.pace(policies: episodes, planned: 60, searchSamples: 100)
      #expect(pace == StudyPace(evaluations, policies: episodes, planned: 60, searchSamples: 100))
      #expect(pace.workers.reduce(0) { $0 + $1.answers } == evaluations.count)
    }
    // 59 policies on as many samples as the baseline, of which those with even numbers were proposed.
    #expect(tally.counts == StudyCounts(ofPolicies: 30, ofSensitivities: 29, ofBaselines: 1, reused: 0))
  }

  @Test("of one evaluation more, one row is read")
  func work() throws {
    var tally = StudyTally(try study.records.facts())
    for number in 1...30 {
      try record(number)
      try tally.read(study.records)
      #expect(tally.rowsRead == number)
    }
    // 31 is missing for a while, and what comes after it is read again.
    for number in [32, 33, 31, 34] {
      try record(number)
      try tally.read(study.records)
    }
    #expect(tally.rowsRead == 30 + 1 + 2 + 3 + 1)
  }

  @Test("answers that all failed tell no time")
  func failed() throws {
    for number in [6, 13, 20] { try record(number) }
    let pace = try study.records.pace(policies: 3, planned: 60, searchSamples: 100)
    #expect(pace.timeLeftSeconds == nil && pace.share == 0.05)
  }
}
