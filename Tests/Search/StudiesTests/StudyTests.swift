import Core
import Evaluation
import FixtureBuilding
import Foundation
import PrecisionSearch
import SQLite
import Studies
import Testing

/// Study files: what is recorded is there afterwards, once, and nothing else passes for a study.
final class StudyTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }
  private var path: String { "\(folder)/study.haq" }

  init() throws {
    temporary = try TemporaryFolder()
  }

  private static let facts = StudyFacts([
    .init(.accuracy, "network", "made up"), .init(.cost, "target", "board"), .init(.search, "seed", "1"),
  ])

  private static let problem = StudyProblem(
    objective: .cost(Resource(.energy), drop: 0.01), budgets: [.init(Resource(.latency, target: 1), 0.5)],
    evaluations: 40, searchSamples: 500)

  private func create(_ evaluations: [RecordedEvaluation] = []) throws -> Study {
    try Study.create(
      at: path,
      NewStudy(
        arguments: ["made-up", "--seed", "1"], directory: "/", facts: Self.facts, problem: Self.problem,
        evaluations: evaluations),
      programSHA256: "0")
  }

  /// Answers that differ in every bit, and counts what it is asked.
  private final class Counting: AccuracyEvaluator {
    var asked: [EvaluationRequest] = []

    func evaluate(_ request: EvaluationRequest) throws -> EvaluationResult {
      asked.append(request)
      return EvaluationResult(
        accuracy: 1 / Double(asked.count + 2), loss: .pi * Double(asked.count),
        samples: request.samples ?? 10,
        divergence: request.policy == nil ? nil : -0.0)
    }
  }

  private static func request(_ weight: Int) -> EvaluationRequest {
    EvaluationRequest(
      policy: Policy([.eight, Precision(weight: BitWidth(weight)!, activation: .eight)]),
      fineTuning: FineTuning(samples: 64, learningRate: 0.1, seed: .max), samples: 100)
  }

  private static let float = EvaluationRequest(policy: nil, split: .test)

  @Test("a command line of a study made before is read in today's names of options")
  func earlierOptions() throws {
    let earlier = [
      "net.onnx", "--probe-samples", "8", "--couplings=t.json", "--seed", "1", "--episodes", "9",
    ]
    let contents = NewStudy(arguments: earlier, directory: "/", facts: Self.facts, problem: Self.problem)
    let study = try Study.create(at: path, contents, programSHA256: "0")
    #expect(
      try study.records.arguments() == [
        "net.onnx", "--sensitivity-samples", "8", "--tied-widths=t.json", "--seed", "1", "--evaluations", "9",
      ])
  }

  @Test("answers survive, to the last bit, and are not asked for again")
  func answers() throws {
    let evaluator = Counting()
    var first: [EvaluationResult] = []
    do {
      let recorded = try RecordedEvaluator(try create(), asking: evaluator) { _ in [.latency: 0.1] }
      first = try [Self.float, Self.request(2), Self.request(3), Self.request(2)].map(recorded.evaluate)
    }
    #expect(evaluator.asked == [Self.float, Self.request(2), Self.request(3)])
    let study = try Study(at: path, programSHA256: "0")
    let resumed = try RecordedEvaluator(study, asking: evaluator) { _ in [:] }
    #expect(resumed.isReplaying)
    let second = try [Self.float, Self.request(2), Self.request(3), Self.request(2)].map(resumed.evaluate)
    #expect(!resumed.isReplaying)
    #expect(evaluator.asked.count == 3 && second.count == first.count)
    for (one, other) in zip(first.compactMap(\.figures), second.compactMap(\.figures)) {
      #expect(one.accuracy.bitPattern == other.accuracy.bitPattern)
      #expect(one.loss.bitPattern == other.loss.bitPattern)
      #expect(one.divergence?.bitPattern == other.divergence?.bitPattern)
      #expect(one.samples == other.samples)
    }
    let evaluations = try study.records.evaluations()
    #expect(evaluations.map(\.number) == [1, 2, 3])
    #expect(evaluations.map(\.request) == [Self.float, Self.request(2), Self.request(3)])
    #expect(evaluations.map(\.costs) == [[:], [.latency: 0.1], [.latency: 0.1]])
    #expect(try study.records.sessions().map(\.number) == [1, 2])
  }

  @Test("what an evaluator tells beside accuracy and loss is kept: top-5, measured latency, a failure")
  func everythingTold() throws {
    struct Telling: AccuracyEvaluator {
      func evaluate(_ request: EvaluationRequest) throws -> EvaluationResult {
        guard request.policy != nil else { return .failed("exit status 9") }
        var figures = EvaluationResult.Figures(accuracy: 0.5, loss: 1, samples: 10)
        (figures.top5Accuracy, figures.latency) = (0.75, 0.0125)
        return .stopped(figures)
      }
    }
    let asked = [Self.request(2), Self.float]
    do {
      let recorded = try RecordedEvaluator(try create(), asking: Telling()) { _ in [:] }
      #expect(try asked.map(recorded.evaluate) == asked.map(Telling().evaluate))
    }
    #expect(try StudyRecords(path).evaluations().map(\.result) == asked.map(Telling().evaluate))
  }

  @Test("a search that asks something new before everything recorded is another search")
  func divergence() throws {
    do {
      let recorded = try RecordedEvaluator(try create(), asking: Counting()) { _ in [:] }
      _ = try [Self.float, Self.request(2)].map(recorded.evaluate)
    }
    let study = try Study(at: path, programSHA256: "0")
    let resumed = try RecordedEvaluator(study, asking: Counting()) { _ in [:] }
    _ = try resumed.evaluate(Self.float)
    #expect(throws: StudyError.diverged(path: path, recorded: 2, served: 1)) {
      try resumed.evaluate(Self.request(4))
    }
  }

  @Test("answers taken over from another study need not all be asked for")
  func forked() throws {
    do {
      let recorded = try RecordedEvaluator(try create(), asking: Counting()) { _ in [:] }
      _ = try [Self.float, Self.request(2)].map(recorded.evaluate)
    }
    let evaluations = try StudyRecords(path).evaluations()
    try FileManager.default.removeItem(atPath: path)
    let evaluator = Counting()
    let recorded = try RecordedEvaluator(try create(evaluations), asking: evaluator) { _ in [:] }
    #expect(!recorded.isReplaying)
    _ = try [Self.request(3), Self.request(2)].map(recorded.evaluate)
    // The first is a recorded one, see `ChangedAnswersTests`.
    #expect(evaluator.asked == [Self.float, Self.request(3)])
    #expect(try StudyRecords(path).evaluations().map(\.session) == [nil, nil, 1])
  }

  /// Answers two ahead, the later one first, and fails on 4 bits.
  private final class OutOfOrder: AccuracyEvaluator {
    var expected: [EvaluationRequest] = []
    let later: EvaluationRequest

    init(later: EvaluationRequest) { self.later = later }

    func evaluate(_ request: EvaluationRequest) throws -> EvaluationResult {
      request == StudyTests.request(4)
        ? .failed("exit status 9") : EvaluationResult(accuracy: 0.5, loss: 1, samples: 1)
    }

    func expect(_ requests: [EvaluationRequest], _ likelihood: Likelihood) { expected = requests }

    func answer(
      _ request: EvaluationRequest, meanwhile: (EvaluationRequest, Answer) throws -> Void
    ) throws -> Answer {
      if expected.contains(later) {
        expected = []
        try meanwhile(later, Answer(try evaluate(later), worker: 2, durationSeconds: 1))
        throw EvaluatorError.silent(command: "made up", seconds: 1)
      }
      return Answer(try evaluate(request), worker: 1, durationSeconds: 1)
    }
  }

  @Test("an answer that came early keeps its number when the search is carried on, and a failure is kept")
  func early() throws {
    let requests = [2, 3, 4].map(Self.request)
    do {
      let recorded = try RecordedEvaluator(try create(), asking: OutOfOrder(later: requests[2])) { _ in [:] }
      recorded.expect(requests, .surely)
      #expect(throws: EvaluatorError.self) { try recorded.evaluate(requests[0]) }
      #expect(try StudyRecords(path).evaluations().map(\.number) == [3])
      #expect(try StudySummary(path).evaluationCount == 1)
    }
    let study = try Study(at: path, programSHA256: "0")
    let resumed = try RecordedEvaluator(study, asking: OutOfOrder(later: Self.request(8))) { _ in [:] }
    resumed.expect(requests, .surely)
    #expect(try requests.map(resumed.evaluate).map(\.failure) == [nil, nil, "exit status 9"])
    let evaluations = try study.records.evaluations()
    #expect(evaluations.map(\.number) == [1, 2, 3] && evaluations.map(\.request) == requests)
    #expect(evaluations.map(\.worker) == [1, 1, 2])
  }

  @Test("an existing study is never replaced, a second writer is refused with the number of the first")
  func exclusive() throws {
    let study = try create()
    #expect(throws: StudyError.exists(path: path)) { try self.create() }
    #expect(throws: StudyError.inUse(path: path, process: Int(getpid()))) {
      try Study(at: self.path, programSHA256: "0")
    }
    _ = study
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix(".") }.isEmpty)
  }

  @Test("other files, later versions and damage are told apart")
  func refusals() throws {
    #expect(throws: StudyError.missing(path: path)) { try StudyRecords(self.path) }
    try Data("no database at all, but long enough to be read as one".utf8).write(to: URL(filePath: path))
    #expect(throws: StudyError.notAStudy(path: path)) { try StudyRecords(self.path) }
    try FileManager.default.removeItem(atPath: path)
    try DatabaseQueue(path: path).write { try $0.execute(sql: "CREATE TABLE study (id INTEGER)") }
    #expect(throws: StudyError.notAStudy(path: path)) { try StudyRecords(self.path) }
    try FileManager.default.removeItem(atPath: path)
    _ = try create()
    try DatabaseQueue(path: path).write {
      try $0.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('99')")
    }
    #expect(throws: StudyError.newer(path: path)) { try StudyRecords(self.path) }
  }

  @Test(
    "a study of the first schema is brought to the newest one with everything in it",
    arguments: [false, true])
  func migration(forWriting: Bool) throws {
    let text = try String(
      contentsOf: #require(Bundle.module.url(forResource: "schema-1", withExtension: "sql")), encoding: .utf8)
    try DatabaseQueue(path: path).write { try $0.execute(sql: text) }
    let study = forWriting ? try Study(at: path, programSHA256: "0") : nil
    let records = try study?.records ?? StudyRecords(path)
    let evaluations = try records.evaluations()
    #expect(evaluations.map(\.request.policy) == [nil, Policy([.eight, Precision("W4A6")!])])
    #expect(evaluations.map(\.result.figures?.accuracy) == [0.925, 0.875])
    #expect(evaluations.map(\.worker) == [1, 1])
    #expect(evaluations.map(\.result.failure) == [nil, nil])
    #expect(evaluations.map(\.costs) == [[:], [:]])
    #expect(try records.checkpoint() == nil)
    #expect(try records.facts().value(.cost, "target") == "board")
  }

  @Test("what a process was killed in the middle of is undone, also for one who only reads")
  func halfDone() throws {
    do { _ = try create() }
    // Half of a transaction: its journal is on the disk, and no process holds the file any more.
    let writer = try DatabaseQueue(path: path)
    let copy = "\(folder)/killed.haq"
    try writer.use { database in
      try database.execute(sql: "PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF")
      try database.execute(sql: "BEGIN; CREATE TABLE half (done)")
      for suffix in ["", "-journal"] {
        try FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix)
      }
      try database.execute(sql: "ROLLBACK")
    }
    #expect(try StudySummary(copy).evaluationCount == 0)
  }

  @Test("what differs between two sets of facts is named, part by part")
  func differences() {
    let other = StudyFacts([
      .init(.accuracy, "network", "made up"), .init(.cost, "target", "cloud"),
      .init(.program, "version", "2"),
    ])
    #expect(
      Self.facts.differences(to: other).map(\.description) == [
        "target: was board, is cloud", "seed: was 1, is not stated", "version: was not stated, is 2",
      ])
    #expect(Self.facts.differences(to: other, in: [.accuracy]).isEmpty)
  }
}
