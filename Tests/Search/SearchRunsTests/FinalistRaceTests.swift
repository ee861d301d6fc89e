import Core
import Documents
import Evaluation
import FixtureBuilding
import Foundation
import PrecisionSearch
import SearchRuns
import Studies
import Testing

/// Finalists are chosen on the whole validation split where the search's images do not tell policies apart.
final class FinalistRaceTests {
  private let temporary: TemporaryFolder

  init() throws { temporary = try TemporaryFolder() }

  private struct Outage: Error {}

  /// Says of part of a split the contrary of what all of it says: the fewer bits, the better.
  private func misled(_ name: String = "run") -> RunningSearch {
    let search = RunningSearch(temporary.path(name))
    search.evaluator.accuracyOfPart = { 0.6 - ScriptedEvaluator.accuracy($0) }
    return search
  }

  /// Half of the 100 validation samples measure a policy.
  private static func settings(contenders: Int?) -> SearchSettings {
    var settings = Fixture.settings(.random, evaluations: 16)
    (settings.searchSamples, settings.finalists, settings.contenders) = (50, 2, contenders)
    return settings
  }

  /// The policies of a run, best first by the search.
  private func ranked(_ name: String = "run") throws -> [Policy] {
    let episodes = try StudyRecords(temporary.path("\(name)/study.haq")).episodes()
    return episodes.filter { !$0.isRepeated }.map(\.measured).sorted { $0.isBetter(than: $1) }.map(\.policy)
  }

  @Test("without a race the misled search decides; with one, the best contenders on all samples")
  func better() throws {
    let without = misled("without")
    let chosen = try without.run(Self.settings(contenders: nil))
    let best = try ranked("without")
    // By hand: all accuracies are 0.51 to 0.58 on 50 samples, within two standard errors (0.2) of each other.
    let truth = best.map { ScriptedEvaluator.accuracy($0) }
    #expect(chosen.searched.validation.figures?.accuracy == truth.prefix(2).max() && chosen.race == nil)

    let search = misled()
    let document = try search.run(Self.settings(contenders: 8))
    #expect(try ranked() == best)
    let expected = truth.prefix(8).sorted(by: >).prefix(2)
    let (top, misledTop) = (try #require(expected.first), try #require(truth.prefix(2).max()))
    #expect(document.searched.validation.figures?.accuracy == top && top > misledTop)
    let race = try #require(document.race)
    #expect(race.contenders == 8 && race.finalists == 2 && race.samples == 100 && race.stopped == 0)
    let holders = truth.prefix(2).filter(expected.contains).count
    #expect(race.promoted == 2 - holders)
    #expect(try SearchDocument(json: search.text("report.json")) == document)
    let text = document.text([try Fixture.table()])
    #expect(
      text.contains(
        "8 policies raced for the places of 2 finalists on all 100 validation samples: 0 were given up early, "
          + "\(race.promoted) finalists had no place before"), "\(text)")
  }

  @Test("the race asks about the validation split alone: first the places, then the others with a bar")
  func questions() throws {
    let search = misled()
    _ = try search.run(Self.settings(contenders: 6))
    let asked = search.evaluator.asked.filter { $0.policy != nil && $0.samples == nil }
    let ranked = try ranked()
    #expect(asked.prefix(6).map(\.policy) == ranked.prefix(6).map(\.self))
    #expect(asked.prefix(6).allSatisfy { $0.split == .validation })
    let bar = ranked.prefix(2).map { ScriptedEvaluator.accuracy($0) }.min()
    #expect(asked.prefix(6).map { $0.bar?.accuracy } == [nil, nil, bar, bar, bar, bar])
    // As without a race: the winner, the best uniform policy and 8 bit, once each; and the float network.
    #expect(search.evaluator.asked.count { $0.split == .test } <= 4)
  }

  @Test("a policy that is surely worse than the last place does not race")
  func surelyWorse() throws {
    func leader(_ accuracy: Double) -> MeasuredPolicy {
      MeasuredPolicy(
        policy: Fixture.policy("W8A8"), cost: 1,
        result: EvaluationResult(accuracy: accuracy, loss: 0, samples: 2000))
    }
    // By hand: near 0.9, two standard errors on 2000 samples are 2 sqrt(2 * 0.09 / 2000) = 0.019.
    let race = FinalistRace(
      [leader(0.91), leader(0.9), leader(0.885), leader(0.87)], places: 2, fineTuning: nil)
    #expect(race.contenders.map { $0.result.figures?.accuracy } == [0.91, 0.9, 0.885])
    let evaluator = ScriptedEvaluator()
    let alone = FinalistRace([leader(0.91), leader(0.9), leader(0.87)], places: 2, fineTuning: nil)
    let outcome = try alone.run(evaluator)
    #expect(evaluator.asked.isEmpty && outcome.finalists == alone.contenders && outcome.samples == 0)
  }

  @Test("what the evaluator gives up or fails on gets no place")
  func stoppedAndFailed() throws {
    let policies = ["W2A2", "W4A4", "W8A4", "W8A8"].map { Fixture.policy($0) }
    let leaders = policies.map {
      MeasuredPolicy(
        policy: $0, cost: 1, result: EvaluationResult(accuracy: 0.5, loss: 0, samples: 50))
    }
    let race = FinalistRace(leaders, places: 2, fineTuning: nil)
    let stopping = StoppingEvaluator(stopped: policies[3])
    let outcome = try race.run(stopping)
    // By hand: 0.022, 0.044, 0.084 and 0.088 on all samples; the last one was given up.
    #expect(outcome.finalists.map(\.policy) == [policies[2], policies[1]] && outcome.stoppedCount == 1)
    #expect(outcome.promotedCount == 1 && outcome.contenderCount == 4)

    let failing = ScriptedEvaluator()
    failing.failure = { $0 == policies[0] ? "exit status 9" : nil }
    let others = try race.run(failing)
    #expect(others.finalists.map(\.policy) == [policies[3], policies[2]])
    // A place is free, so nobody is given up.
    #expect(failing.asked.allSatisfy { $0.bar == nil })
  }

  /// As `ScriptedEvaluator`, but stops at half of the samples of one policy where it may.
  private struct StoppingEvaluator: AccuracyEvaluator {
    let evaluator = ScriptedEvaluator()
    var stopped: Policy

    func evaluate(_ request: EvaluationRequest) throws -> EvaluationResult {
      let result = try evaluator.evaluate(request)
      guard request.policy == stopped, request.bar != nil, let figures = result.figures else { return result }
      return .stopped(.init(accuracy: figures.accuracy, loss: figures.loss, samples: 50))
    }
  }

  @Test("a policy is tied with the last finalist when they differ by at most one paired standard error")
  func ties() throws {
    let search = misled()
    let document = try search.run(Self.settings(contenders: 8))
    // By hand: policies are right on the last samples, so that of two, one is right on all that the other is, and d more.
    // The paired standard error is sqrt(d - d * d / 100) / 100: below d / 100 for d above 1, and not for d = 0.
    let right = try ranked().prefix(8).map { policy in
      let accuracy = ScriptedEvaluator.accuracy(policy)
      return (0..<100).count { Double($0) / 100 >= 1 - accuracy }
    }.sorted(by: >)
    let tied = right.dropFirst(2).count { count in
      let difference = Double(right[1] - count)
      return difference <= (difference - difference * difference / 100).squareRoot()
    }
    #expect(document.race?.tied == tied)
  }

  @Test("where the search measures on all samples, a warning says that there is no race")
  func noFurtherSamples() throws {
    let search = misled()
    var settings = Self.settings(contenders: 6)
    settings.searchSamples = 100
    let document = try search.run(settings)
    #expect(document.race == nil)
    #expect(
      search.warnings == [
        "no race for the finalists: the search measured on all 100 validation samples, so that no others can tell "
          + "policies apart."
      ])
    let other = misled("other")
    settings.contenders = nil
    #expect(try other.run(settings).policy == document.policy && other.warnings.isEmpty)
  }

  @Test("a race that breaks off anywhere ends, when resumed, as one that ran through", arguments: 12...28)
  func resumed(question: Int) throws {
    let settings = Self.settings(contenders: 8)
    let whole = misled("whole")
    _ = try whole.run(settings)
    try #require(question <= whole.evaluator.asked.count)
    let broken = misled()
    broken.evaluator.interruption = { if $0 == question { throw Outage() } }
    #expect(throws: (any Error).self) { try broken.run(settings) }
    let resumed = misled()
    _ = try resumed.run(settings, resuming: true)
    #expect(try resumed.files() == whole.files())
    #expect(
      try StudyRecords(temporary.path("run/study.haq")).tally().counts
        == StudyRecords(temporary.path("whole/study.haq")).tally().counts)
  }

  @Test("stopped in a race, a search leaves the best policy so far, without a comparison")
  func stopped() throws {
    let search = misled()
    search.stopsAfter = { if case .comparing(_, .contender) = $0 { true } else { false } }
    let document = try search.run(Self.settings(contenders: 8))
    #expect(document.ending == .stopped && document.comparison == nil && document.race == nil)
    let best = try ranked().first
    #expect(document.policy == best)
    #expect(search.evaluator.asked.allSatisfy { $0.split == .validation })
    let facts = try StudyRecords(temporary.path("run/study.haq")).facts()
    #expect(facts.value(.search, "contenders") == "8")
  }
}
