import Core
import FixtureBuilding
import Foundation
import PrecisionSearch
import SQLite
import Studies
import Testing

/// What a search looks for, as a study keeps it and as earlier versions of this program kept it.
final class StudyProblemTests {
  private let temporary: TemporaryFolder
  private var path: String { "\(temporary.path)/study.haq" }

  init() throws { temporary = try TemporaryFolder() }

  private func create(_ problem: StudyProblem, facts: [StudyFacts.Fact] = []) throws {
    _ = try Study.create(
      at: path, NewStudy(arguments: [], directory: "/", facts: StudyFacts(facts), problem: problem),
      programSHA256: "0")
  }

  private static let some = StudyProblem(objective: .accuracy, budgets: [], evaluations: 1, searchSamples: 1)

  static let problems: [StudyProblem] = [
    some,
    StudyProblem(
      objective: .cost(Resource(.peakActivationBytes, target: 1), drop: 0.005),
      budgets: [.init(Resource(.latency), 0.0125), .init(Resource(.weightBytes, target: 1), 1e6)],
      evaluations: 300, searchSamples: 2000),
  ]

  @Test("is read as it was written", arguments: problems)
  func roundTrip(_ problem: StudyProblem) throws {
    try create(problem)
    #expect(try StudyRecords(path).problem() == problem)
  }

  @Test("is a small document with units")
  func document() throws {
    try create(Self.problems[1])
    #expect(
      try StudyRecords(path).document(.problem)
        == #"{"budgets":[{"limit":0.0125,"metric":"latency_s","target":0},"#
        + #"{"limit":1000000,"metric":"weight_bytes","target":1}],"evaluations":300,"#
        + #""objective":{"accuracy_drop":0.005,"minimize":"peak_activation_bytes","target":1},"search_samples":2000}"#
    )
  }

  /// Facts as programs wrote them that kept no problem.
  private func createEarlier(_ facts: [(String, String)]) throws {
    try create(Self.some, facts: facts.map { .init(.search, $0.0, $0.1) })
    try DatabaseQueue(path: path).write { try $0.execute(sql: "DELETE FROM document WHERE name = 'problem'") }
  }

  @Test("of a study made before there was one, it is what the facts say")
  func earlier() throws {
    try createEarlier([
      ("method", "auto"), ("evaluations", "300"), ("seed", "1"), ("search samples", "2000"),
      ("objective", "energy_j on target 2, accuracy drop 0.005"), ("latency_s limit", "0.0125"),
      ("weight_bytes on target 2 limit", "1000000.0"),
    ])
    #expect(
      try StudyRecords(path).problem()
        == StudyProblem(
          objective: .cost(Resource(.energy, target: 1), drop: 0.005),
          budgets: [.init(Resource(.latency), 0.0125), .init(Resource(.weightBytes, target: 1), 1e6)],
          evaluations: 300, searchSamples: 2000))
  }

  @Test("an earlier search for accuracy alone")
  func earlierAccuracy() throws {
    try createEarlier([("evaluations", "8"), ("search samples", "100"), ("objective", "accuracy")])
    #expect(
      try StudyRecords(path).problem()
        == StudyProblem(objective: .accuracy, budgets: [], evaluations: 8, searchSamples: 100))
  }

  @Test("a study of the first schema says nothing of its problem, which is no error")
  func firstSchema() throws {
    let text = try String(
      contentsOf: #require(Bundle.module.url(forResource: "schema-1", withExtension: "sql")), encoding: .utf8)
    try DatabaseQueue(path: path).write { try $0.execute(sql: text) }
    #expect(
      try StudyRecords(path).problem()
        == StudyProblem(objective: .accuracy, budgets: [], evaluations: 0, searchSamples: 0))
  }

  @Test("it is about a limit on the first target, else about what is minimised there, else about latency")
  func metric() {
    func metric(_ objective: Objective, _ limits: [StudyProblem.Limit]) -> Metric {
      StudyProblem(objective: objective, budgets: limits, evaluations: 1, searchSamples: 1).metric
    }
    let minimising = Objective.cost(Resource(.weightBytes), drop: 0.01)
    #expect(metric(minimising, [.init(Resource(.energy), 1)]) == .energy)
    #expect(metric(minimising, [.init(Resource(.energy, target: 1), 1)]) == .weightBytes)
    #expect(metric(.cost(Resource(.energy, target: 1), drop: 0.01), []) == .latency)
    #expect(metric(.accuracy, [.init(Resource(.peakActivationBytes), 1)]) == .peakActivationBytes)
  }
}
