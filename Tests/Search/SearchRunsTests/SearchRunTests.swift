import Core
import Diagnostics
import Documents
import Evaluation
import FixtureBuilding
import Foundation
import PrecisionSearch
import SearchRuns
import Studies
import Testing

/// Whole searches in milliseconds: an evaluator by hand, a cost table by hand, no process.
final class SearchRunTests {
  private let temporary: TemporaryFolder

  init() throws { temporary = try TemporaryFolder() }

  private func search(_ name: String = "run") -> RunningSearch { RunningSearch(temporary.path(name)) }

  /// The power fails.
  private struct Outage: Error {}

  @Test("a search writes a policy within its budget, a line for each episode, and what it returns")
  func whole() throws {
    let search = search()
    let document = try search.run(Fixture.settings())
    #expect(document.ending == .completed && document.method == "random" && document.episodes == 6)
    #expect(document.budgets.map(\.limit) == [64] && document.budgets.map(\.eightBit) == [128])
    let searched = try #require(document.budgets[0].searched)
    #expect(searched <= 64 && searched == document.searched.cost[.latency])
    #expect(try SearchDocument(json: try search.text("report.json")) == document)
    #expect(try search.text("episodes.jsonl").split(separator: "\n").count == 6)
    #expect(try search.text("policy.json").contains("haq.policy/1"))
    #expect(search.warnings.isEmpty)
  }

  @Test("the searched policy is the most accurate finalist, with its accuracy on both splits")
  func result() throws {
    // By hand: uniform proposes the two largest pairs of 64 s, of which W8A4 has the wider weights.
    let document = try search().run(Fixture.settings(.uniform))
    #expect(document.policy == Fixture.policy("W8A4", "W8A4"))
    // 8 bits of weights are 8 %, 4 bits of activations 0.4 %.
    #expect(document.searched.validation.figures?.accuracy == 0.08 + 0.004)
    #expect(document.searched.test?.figures?.accuracy == 0.08 + 0.004 - 0.005)
    #expect(document.float.validation?.accuracy == 0.9 && document.float.test?.accuracy == 0.9)
    #expect(document.comparison?.bestUniform?.precision == "W8A4")
    #expect(document.comparison?.eightBit?.cost == [.latency: 128])
  }

  @Test(
    "where latencies have what lies between layers, the report has the sum of the layers beside every policy")
  func sumOfLayers() throws {
    let search = search()
    search.problem = { try Fixture.problem(between: 3) }
    let document = try search.run(Fixture.settings(.uniform))
    // By hand: W8A4 takes 32 s in each of two layers, of which 3 s lie between them; the budget is of 64 s.
    #expect(document.policy == Fixture.policy("W8A4", "W8A4") && document.searched.cost == [.latency: 64])
    let gap = try #require(document.searched.networkGap?[.latency])
    #expect(gap.network == 64 && gap.sumOfLayers == 58)
    #expect(document.comparison?.eightBit?.networkGap?[.latency]?.sumOfLayers == 122)
    #expect(try SearchDocument(json: search.text("report.json")) == document)
    let text = document.text([try Fixture.table(between: 3)])
    #expect(text.contains(" layers alone "), "\(text)")
    #expect(
      text.contains(
        "latency counts what lies between layers: 64.00 s, while its layers add up to 58.00 s (+10.34 %).\n"))
    let page = try StudyReport(temporary.path("run/study.haq")).page()
    #expect(page.contains("<th>layers alone</th>") && page.contains("<td>122.0 s</td>"), "\(page)")
    let other = self.search("other")
    let alone = try other.run(Fixture.settings(.uniform))
    #expect(alone.searched.networkGap == nil)
    #expect(!alone.text([try Fixture.table()]).contains("layers alone"))
  }

  @Test("differences of test accuracies have the standard error of the same samples (McNemar)")
  func differences() throws {
    let search = search()
    let document = try search.run(Fixture.settings(.uniform))
    // By hand: of 100 samples, the float network is right on the first 90, W8A4 (0.079) on the last 7, and W8A8 (0.083) on
    // the last 8.
    let float = try #require(document.difference(.searched, less: .float))
    #expect(float.samples == 100 && float.gained == 7 && float.lost == 90)
    #expect(float.difference == -0.83)
    #expect(abs(float.standardError - (97 - 83.0 * 83 / 100).squareRoot() / 100) < 1e-15)
    let eight = try #require(document.difference(.searched, less: .eightBit))
    #expect(eight.gained == 0 && eight.lost == 1 && eight.difference == -0.01)
    #expect(abs(eight.standardError - (1 - 0.01).squareRoot() / 100) < 1e-15)
    // The searched policy is the best uniform one.
    let uniform = try #require(document.difference(.searched, less: .bestUniform))
    #expect(uniform.difference == 0 && uniform.standardError == 0)
    #expect(document.difference(.deepCompression, less: .float) == nil)
    let text = document.text([try Fixture.table()])
    #expect(
      text.contains(
        "Test accuracy less that of the float network, on the same 100 samples, with one standard error: "
          + "searched -83.00 ± 5.30 points; uniform 8 bit -82.00 ± 5.55 points; best uniform -83.00 ± 5.30 points.\n"
      ),
      "\(text)")
    var named = document
    named.accuracyMetric = "agreement"
    let titles = named.text([try Fixture.table()])
    #expect(titles.contains("Test agreement less that of the float network"))
    #expect(titles.contains("validation agreement  test agreement") && !titles.contains("accuracy"))
    // The samples themselves are in the study alone.
    #expect(try !search.text("report.json").contains("correct_samples"))
    #expect(try SearchDocument(json: search.text("report.json")) == document)
  }

  @Test("a search reports its evaluations and then its comparison, to the last planned step")
  func events() throws {
    let search = search()
    _ = try search.run(Fixture.settings())
    let searching = search.events.compactMap {
      if case .searching(let steps, _) = $0 { steps } else { nil }
    }
    #expect(searching.map(\.done) == Array(1...6) && searching.allSatisfy { $0.planned == 6 })
    let comparing = search.events.compactMap {
      if case .comparing(let steps, _) = $0 { steps } else { nil }
    }
    // The float baseline twice, two finalists, W4A8 and W8A4, a test of each winner, and 8 bit.
    #expect(comparing.map(\.done) == Array(1...9) && comparing.allSatisfy { $0.planned == 9 })
  }

  @Test("stopped in the search, the result is the best policy so far, without a comparison")
  func stoppedInSearch() throws {
    let search = search()
    search.stopsAfter = { if case .searching(let steps, _) = $0 { steps.done == 3 } else { false } }
    let document = try search.run(Fixture.settings())
    #expect(document.ending == .stopped && document.episodes == 3 && document.comparison == nil)
    #expect(document.searched.test == nil && document.float.test == nil)
    #expect(search.evaluator.asked.allSatisfy { $0.split == .validation })
    #expect(try StudySummary(temporary.path("run/study.haq")).state == .stopped)
  }

  @Test("stopped in the comparison, nothing more is evaluated, and no half of a comparison is reported")
  func stoppedInComparison() throws {
    let search = search()
    search.stopsAfter = { if case .comparing(let steps, _) = $0 { steps.done == 5 } else { false } }
    let document = try search.run(Fixture.settings())
    #expect(document.ending == .stopped && document.episodes == 6 && document.comparison == nil)
    let last = try #require(search.evaluator.questions.last)
    #expect(last == "W8A4 W8A4")
  }

  @Test("stopped before any policy, a search says so and keeps what it measured")
  func stoppedInSensitivity() throws {
    let search = search()
    search.stopsAfter = { if case .measuringSensitivity = $0 { true } else { false } }
    let error = #expect(throws: Diagnostic.self) {
      try search.run(Fixture.settings(.auto, evaluations: 40))
    }
    #expect(error?.message.contains("before any policy was measured") == true)
    #expect(try StudySummary(temporary.path("run/study.haq")).evaluationCount == 2)
  }

  @Test(
    "a search that breaks off anywhere ends, when resumed, byte for byte as one that ran through",
    arguments: [2, 4, 7, 9, 12, 15], [SearchSettings.Method.random, .auto, .evolution, .ddpg])
  func resumed(question: Int, method: SearchSettings.Method) throws {
    try requireEqualEnd(brokenAt: question, Fixture.settings(method, evaluations: 16))
  }

  @Test("so does an agent that has proposed what is not measured yet", arguments: [2, 5, 9, 13, 14, 15, 16])
  func resumedWithLag(question: Int) throws {
    var settings = Fixture.settings(.ddpg, evaluations: 16)
    settings.agent.rewardLag = 4
    try requireEqualEnd(brokenAt: question, settings)
  }

  private func requireEqualEnd(brokenAt question: Int, _ settings: SearchSettings) throws {
    var settings = settings
    settings.agent.warmUp = 3
    let whole = search("whole")
    _ = try whole.run(settings)
    let broken = search()
    broken.evaluator.interruption = { if $0 == question { throw Outage() } }
    #expect(throws: (any Error).self) { try broken.run(settings) }
    let resumed = search()
    _ = try resumed.run(settings, resuming: true)
    #expect(try resumed.files() == whole.files())
    // Nothing is asked twice but one question, which shows that the evaluator is still the same.
    let recorded = broken.evaluator.asked.dropLast()
    let again = resumed.evaluator.asked.count { recorded.contains($0) }
    #expect(again == 1)
    #expect(recorded.count + resumed.evaluator.asked.count - again == whole.evaluator.asked.count)
  }

  @Test(
    "the same seed writes the same bytes, and another one proposes other policies where a method draws",
    arguments: [SearchSettings.Method.auto, .ddpg, .random, .evolution])
  func deterministic(method: SearchSettings.Method) throws {
    var settings = Fixture.settings(method, evaluations: 16)
    settings.agent.warmUp = 3
    let searches = ["one", "two", "three"].map { search($0) }
    for search in searches {
      if search === searches[2] { settings.seed = 2 }
      _ = try search.run(settings)
    }
    #expect(try searches[0].files() == searches[1].files())
    // Few policies are left here after those that auto computes.
    if method != .auto {
      #expect(try searches[0].text("episodes.jsonl") != searches[2].text("episodes.jsonl"))
    }
  }

  @Test("an evaluator that fails on one policy leaves a failure in the document, and the search goes on")
  func failing() throws {
    let search = search()
    let victim = Fixture.policy("W4A8", "W4A8")
    search.evaluator.failure = { $0 == victim ? "exit status 9" : nil }
    let document = try search.run(Fixture.settings(.uniform))
    #expect(document.ending == .completed && document.policy == Fixture.policy("W8A4", "W8A4"))
    let failures = try #require(document.failures)
    #expect(Set(failures.map(\.policy)) == ["W4A8 W4A8"])
    #expect(failures.allSatisfy { $0.reason == "exit status 9" })
  }

  @Test("a fork takes every evaluation over and asks nothing")
  func fork() throws {
    let first = search("first")
    _ = try first.run(Fixture.settings())
    let second = search("second")
    _ = try second.run(Fixture.settings(), forking: temporary.path("first"))
    #expect(second.evaluator.asked.isEmpty)
    #expect(try second.files() == first.files())
  }

  @Test("a fork of a study of other weights is refused")
  func forkOfOtherWeights() throws {
    _ = try search("first").run(Fixture.settings())
    let second = search("second")
    second.networkSHA256 = "other"
    let error = #expect(throws: Diagnostic.self) {
      try second.run(Fixture.settings(), forking: temporary.path("first"))
    }
    #expect(error?.message.contains("network content SHA-256: was content, is other") == true)
  }

  @Test("a study is not carried on with other settings, which the error names")
  func changed() throws {
    _ = try search().run(Fixture.settings())
    var settings = Fixture.settings()
    settings.seed = 2
    let error = #expect(throws: StudyError.self) { try self.search().run(settings, resuming: true) }
    #expect(error.map { "\($0)" }?.contains("seed: was 1, is 2") == true)
  }

  @Test(
    "a study records the lag of its agent, and is not carried on with another; without one, it records none")
  func changedLag() throws {
    var settings = Fixture.settings(.ddpg, evaluations: 12)
    (settings.agent.warmUp, settings.agent.rewardLag) = (3, 4)
    _ = try search().run(settings)
    #expect(try StudyRecords(temporary.path("run/study.haq")).facts().value(.search, "reward lag") == "4")
    settings.agent.rewardLag = 1
    let error = #expect(throws: StudyError.self) { try self.search().run(settings, resuming: true) }
    #expect(error.map { "\($0)" }?.contains("reward lag: was 4, is not stated") == true)
    _ = try search("without").run(settings)
    #expect(
      try StudyRecords(temporary.path("without/study.haq")).facts().value(.search, "reward lag") == nil)
  }

  @Test("another program carries a study on, and the observer is warned")
  func otherProgram() throws {
    let first = search()
    _ = try first.run(Fixture.settings())
    let second = search()
    second.programSHA256 = "another"
    _ = try second.run(Fixture.settings(), resuming: true)
    #expect(second.warnings.count == 1 && second.warnings[0].contains("not the program that started"))
    #expect(second.evaluator.asked.isEmpty)
  }

  @Test("a new folder in which nothing was measured is removed, one with an evaluation stays")
  func removal() throws {
    let folder = try RunFolder(creating: temporary.path("empty"), programSHA256: "program")
    folder.removeIfNothingWasMeasured()
    #expect(!FileManager.default.fileExists(atPath: folder.path))
    let search = search()
    search.evaluator.interruption = { if $0 == 3 { throw Outage() } }
    #expect(throws: (any Error).self) { try search.run(Fixture.settings()) }
    #expect(throws: Diagnostic.self) {
      try RunFolder(creating: temporary.path("run"), programSHA256: "program")
    }
    #expect(try StudySummary(temporary.path("run/study.haq")).evaluationCount == 2)
  }

  @Test("a method that cannot work within its evaluations is refused before anything is asked")
  func tooFew() throws {
    let search = search()
    let error = #expect(throws: Diagnostic.self) {
      try search.run(Fixture.settings(.auto, evaluations: 1))
    }
    #expect(error?.message.contains("needs at least") == true && search.evaluator.asked.isEmpty)
  }
}
