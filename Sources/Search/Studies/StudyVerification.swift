import Core
import Evaluation
import Foundation
import PrecisionSearch
import SQLite

/// A study that was read whole and found to be as it was written.
public struct StudyVerification: Hashable, Sendable {
  public var rowCount: Int
  /// Rows of versions before checksums; they are read and compared with others, but a changed figure is not noticed.
  public var rowCountWithoutChecksum: Int

  public init(rowCount: Int, rowCountWithoutChecksum: Int) {
    self.rowCount = rowCount
    self.rowCountWithoutChecksum = rowCountWithoutChecksum
  }
}

extension StudyRecords {
  /// Reads everything: SQLite's own structures, the checksum of every row, every value, and what follows from what.
  ///
  /// - Parameter readers: what reads documents whose form this module does not know.
  /// - Throws: `StudyError.damagedRows` with all rows that are wrong, `damaged` where SQLite cannot read the file.
  public func verify(
    reading readers: [StudyDocument: (String) throws -> Void] = [:]
  ) throws(StudyError) -> StudyVerification {
    let path = path
    let answer = try file.read {
      try $0.values(String.self, sql: "PRAGMA integrity_check").joined(separator: "; ")
    }
    guard answer == "ok" else { throw .damaged(path: path, reason: answer) }
    var result = StudyVerification(rowCount: 0, rowCountWithoutChecksum: 0)
    var damaged: [DamagedRow] = []
    for table in StudyTable.allCases {
      let found = try file.check(table) { try table.read($0, readers) }
      result.rowCount += found.count
      result.rowCountWithoutChecksum += found.withoutChecksum
      damaged += found.damaged
    }
    // What cannot be read is not compared.
    if damaged.isEmpty { damaged = try contradictions() }
    guard damaged.isEmpty else { throw .damagedRows(path: path, damaged) }
    return result
  }

  /// Rows that are whole and do not belong together.
  private func contradictions() throws(StudyError) -> [DamagedRow] {
    _ = try facts()
    _ = try problem()
    let (start, evaluations, episodes) = (try start(), try evaluations(), try episodes())
    _ = try checkpoint()
    let sessions = Set(try sessions().map(\.number))
    var damaged = evaluations.filter { $0.session.map { !sessions.contains($0) } ?? false }.map {
      DamagedRow(.evaluation, $0.number, "it is of session \($0.session ?? 0), which there is not")
    }
    damaged += Self.wrongLayers(
      evaluations, episodes, layerCount: try costTables()?.first?.network.layers.count)
    damaged += Self.unfounded(episodes, evaluations)
    // A search that ended has asked all that it announced.
    if start.ending == .completed {
      let numbers = Set(evaluations.map(\.number))
      damaged += (1...max(1, evaluations.count)).filter { !numbers.contains($0) }.prefix(1).map {
        DamagedRow(.evaluation, $0, "it is missing")
      }
    }
    return damaged
  }

  private static func wrongLayers(
    _ evaluations: [RecordedEvaluation], _ episodes: [Episode], layerCount: Int?
  ) -> [DamagedRow] {
    let policies = evaluations.lazy.compactMap(\.request.policy)
    guard let expected = layerCount ?? policies.first?.precisions.count else { return [] }
    func reason(_ policy: Policy) -> String {
      "its policy has \(policy.precisions.count) layers, and the network has \(expected)"
    }
    return evaluations.compactMap { evaluation in
      guard let policy = evaluation.request.policy, policy.precisions.count != expected else { return nil }
      return DamagedRow(.evaluation, evaluation.number, reason(policy))
    }
      + episodes.filter { $0.measured.policy.precisions.count != expected }.map {
        DamagedRow(.episode, $0.index, reason($0.measured.policy))
      }
  }

  /// Episodes whose result is not that of an evaluation of their policy.
  private static func unfounded(
    _ episodes: [Episode], _ evaluations: [RecordedEvaluation]
  ) -> [DamagedRow] {
    let results = Dictionary(grouping: evaluations) { $0.request.policy }
    return episodes.filter { episode in
      let measured = episode.measured
      return !(results[measured.policy] ?? []).contains { evaluation in
        // Which samples were right, and estimates, are kept beside evaluations alone.
        evaluation.result.mapFigures { ($0.correctSamples, $0.estimatedIncreases) = (nil, nil) }
          == measured.result
      }
    }.map { DamagedRow(.episode, $0.index, "no evaluation of its policy has its result") }
  }
}

extension StudyTable {
  /// Reads a row for its errors.
  fileprivate func read(_ row: Row, _ readers: [StudyDocument: (String) throws -> Void]) throws {
    switch self {
    case .study: _ = try StudyOrigin(row)
    case .fact: _ = try StudyFacts.Fact(row)
    case .session: _ = try StudySession(row)
    case .evaluation: _ = try RecordedEvaluation(row)
    case .episode: _ = try Episode(row: row)
    case .checkpoint: _ = try Checkpoint(row: row)
    case .document:
      let (name, text) = (try row.value(0, as: String.self), try row.value(1, as: String.self))
      // A version with more documents has a later schema, and its files are refused before this.
      guard let document = StudyDocument(rawValue: name) else { throw UnknownDocument() }
      switch document {
      case .costTables: _ = try StudyText.costTables(text)
      case .problem: _ = try StudyText.decode(StudyProblem.self, text)
      case .estimates: _ = try StudyText.decode(RecordedEstimates.self, text)
      case .workers: _ = try StudyText.decode(RecordedWorkers.self, text)
      case .correctSamples: _ = try StudyText.decode(RecordedCorrectSamples.self, text)
      case .policy, .sensitivity, .report, .networkMeasurements:
        _ = try JSONSerialization.jsonObject(with: Data(text.utf8))
      }
      try readers[document]?(text)
    }
  }
}

private struct UnknownDocument: Error, CustomStringConvertible {
  var description: String {
    "haq keeps no document of this name; names are \(StudyDocument.allCases.map(\.rawValue).joined(separator: ", "))"
  }
}
