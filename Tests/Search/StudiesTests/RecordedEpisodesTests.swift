import Core
import FixtureBuilding
import Foundation
import PrecisionSearch
import SQLite
import Studies
import Testing

/// The log of a search in its study, and what its method must know to go on.
struct RecordedEpisodesTests {
  private let folder: TemporaryFolder
  private var path: String { "\(folder.path)/study.haq" }

  init() throws { folder = try TemporaryFolder() }

  private func create() throws -> Study {
    try Study.create(
      at: path,
      NewStudy(
        arguments: [], directory: "/", facts: StudyFacts([]),
        problem: StudyProblem(objective: .accuracy, budgets: [], evaluations: 4, searchSamples: 10)),
      programSHA256: "0")
  }

  private func episode(_ index: Int = 0, reward: Double) throws -> Episode {
    let text = """
      {"index":\(index),"origin":{"random":{}},"reward":\(reward),"isRepeated":false,"isBest":true,"measured":
      {"policy":{"precisions":[{"weight":8,"activation":8}]},"cost":1,
      "result":{"accuracy":0.5,"loss":1,"samples":10}}}
      """
    return try JSONDecoder().decode(Episode.self, from: Data(text.utf8))
  }

  @Test("an episode is recorded once, and must be the same when it comes again")
  func episodes() throws {
    let study = try create()
    for _ in 0..<2 { try study.record(try episode(reward: 1)) }
    #expect(throws: StudyError.divergedEpisode(path: path, number: 0)) {
      try study.record(try episode(reward: 2))
    }
    #expect(try study.records.episodes() == [try episode(reward: 1)])
    #expect(try study.records.best() == (try episode(reward: 1)))
  }

  @Test("what a search that is carried on repeats is compared without a transaction")
  func repeated() throws {
    try create().record(try episode(reward: 1))
    let study = try Study(at: path, programSHA256: "0")
    #expect(try study.earlierEpisodes() == [try episode(reward: 1)])
    try DatabaseQueue(path: path).use { other in
      // Whoever writes now waits, and then fails.
      try other.execute(sql: "BEGIN IMMEDIATE")
      try study.record(try episode(reward: 1))
      try other.execute(sql: "ROLLBACK")
    }
    #expect(throws: StudyError.divergedEpisode(path: path, number: 0)) {
      try study.record(try episode(reward: 2))
    }
  }

  @Test("a method's state is kept beside the episodes, the latest alone")
  func checkpoint() throws {
    let study = try create()
    #expect(try study.records.checkpoint() == nil)
    for index in 0..<2 { try study.record(try episode(index, reward: 1)) }
    let states = [1, 2].map {
      Checkpoint(episodes: $0, format: "made-up/1", state: Data([0, 255, UInt8($0)]))
    }
    for state in states { try study.record(state) }
    #expect(try study.records.checkpoint() == states[1])
    // Whoever only looks on sees it, too.
    #expect(try StudyRecords(path).checkpoint() == states[1])
  }
}
