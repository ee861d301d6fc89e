import Core
import Evaluation
import FixtureBuilding
import Foundation
import PrecisionSearch
import SQLite
import Studies
import Testing
import WorkerLaunchers

/// Where evaluators ran, in a study.
struct RecordedWorkerTests {
  private let folder: TemporaryFolder
  private var path: String { folder.path("study.haq") }

  init() throws { folder = try TemporaryFolder() }

  private func create() throws -> Study {
    try Study.create(
      at: path,
      NewStudy(
        arguments: [], directory: "/", facts: StudyFacts([]),
        problem: StudyProblem(objective: .accuracy, budgets: [], evaluations: 4, searchSamples: 10)),
      programSHA256: "0")
  }

  private func answer(_ worker: Int, _ place: WorkerPlace?) -> Answer {
    Answer(
      EvaluationResult(accuracy: 0.5, loss: 1, samples: 10), worker: worker, durationSeconds: 1, place: place)
  }

  private func record(_ answers: [(Int, WorkerPlace?)], from first: Int, in study: Study) throws {
    for (index, (worker, place)) in answers.enumerated() {
      try study.record(
        EvaluationRequest(policy: nil, samples: first + index), answer(worker, place), costs: [:])
    }
  }

  @Test("each worker of a session has the place of its last answer")
  func places() throws {
    let moved = WorkerPlace(hello: WorkerHello(host: "node3", job: "9.0"), restarts: 1, queueSeconds: 2.5)
    do {
      let study = try create()
      let first = WorkerPlace(
        hello: WorkerHello(host: "node1", job: "7.0", devices: "0,1"), queueSeconds: 0.5)
      try record([(2, first), (1, WorkerPlace()), (2, first), (2, moved)], from: 1, in: study)
    }
    do {
      let study = try Study(at: path, programSHA256: "0")
      try record([(2, WorkerPlace(restarts: 3)), (4, nil)], from: 5, in: study)
    }
    let records = try StudyRecords(path)
    let workers = try records.workers()
    #expect(workers.map(\.session) == [1, 1, 2] && workers.map(\.number) == [2, 1, 2])
    #expect(workers.map(\.host) == ["node3", nil, nil] && workers.map(\.job) == ["9.0", nil, nil])
    #expect(workers.map(\.devices) == [nil, nil, nil])
    #expect(workers.map(\.restarts) == [1, 0, 3] && workers.map(\.queueSeconds) == [2.5, 0, 0])
    _ = try records.verify()
  }

  @Test("figures that cannot be are damage, which is named")
  func damage() throws {
    do { try record([(1, WorkerPlace())], from: 1, in: try create()) }
    try DatabaseQueue(path: path).write {
      try $0.execute(
        sql: "UPDATE document SET checksum = NULL, text = replace(text, '\"restarts\":0', '\"restarts\":-1') "
          + "WHERE name = 'workers'")
    }
    let error = #expect(throws: StudyError.self) { _ = try StudyRecords(self.path).workers() }
    let text = "\(String(describing: error))"
    #expect(text.contains("restarts is -1; it must be at least 0"), "\(text)")
    #expect(throws: StudyError.self) { _ = try StudyRecords(self.path).verify() }
  }

  @Test("a study in which nobody said so has none, and an early one neither")
  func none() throws {
    do { try record([(1, nil)], from: 1, in: try create()) }
    #expect(try StudyRecords(path).workers() == [])
    try DatabaseQueue(path: path).write {
      try $0.execute(sql: "DELETE FROM grdb_migrations WHERE identifier = '10'")
    }
    #expect(try StudyRecords(path).workers() == [])
    // Reading has brought it to the newest schema.
    let newest = try DatabaseQueue(path: path).read {
      try $0.values(String.self, sql: "SELECT identifier FROM grdb_migrations")
    }
    #expect(newest.contains("10"))
  }
}
