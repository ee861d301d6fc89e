import Core
import Evaluation
import Foundation
import PrecisionSearch
import SQLite

/// How a study was started, and how its search ended: the one row of `StudyTable.study`.
struct StudyOrigin {
  /// ISO 8601, UTC.
  var createdAt: String
  var directory: String
  /// In today's names of options.
  var arguments: [String]
  /// Nil while the search has not ended.
  var ending: SearchResult.Ending?

  init(_ row: Row) throws {
    createdAt = try row.value(1)
    directory = try row.value(2)
    arguments = EarlierOptions.renamed(
      try StudyText.decode([String].self, try row.value(3, as: String.self)))
    ending = try row.optionalValue(4, as: String.self).map { text in
      guard let ending = SearchResult.Ending(rawValue: text) else {
        throw ImpossibleFigure("ending", "\"\(text)\"", allowed: "completed, stopped or interrupted")
      }
      return ending
    }
  }
}

extension StudyFacts.Fact {
  /// A row of `StudyTable.fact`.
  init(_ row: Row) throws {
    let part = try row.value(1, as: String.self)
    guard let known = StudyFacts.Part(rawValue: part) else {
      throw ImpossibleFigure("part", "\"\(part)\"", allowed: "accuracy, cost, search or program")
    }
    self.init(
      known, EarlierOptions.renamed(fact: try row.value(2)), try row.value(3))
  }
}

extension Episode {
  /// A row of `StudyTable.episode`.
  init(row: Row) throws {
    let line = try row.value(2, as: String.self)
    self = try EpisodeText.episode(line) ?? StudyText.decode(Episode.self, line)
    let (number, isMarked) = (
      try row.value(0, as: Int.self), try row.value(1, as: Bool.self)
    )
    guard index == number else {
      throw ImpossibleFigure("index", index, allowed: "\(number), the row's number")
    }
    guard isBest == isMarked else {
      throw ImpossibleFigure("is_best", isMarked, allowed: "\(isBest), as the line says")
    }
    guard !measured.policy.precisions.isEmpty else {
      throw ImpossibleFigure("policy", "empty", allowed: "the precision of every layer")
    }
    guard measured.cost >= 0, measured.cost <= Self.mostCost else {
      throw ImpossibleFigure("cost", measured.cost, allowed: "0 to \(Self.mostCost)")
    }
  }

  /// In any SI unit; sums and products of such costs are finite.
  private static let mostCost = 1e100
}

extension Checkpoint {
  /// A row of `StudyTable.checkpoint`.
  init(row: Row) throws {
    self.init(
      episodes: try row.value(1), format: try row.value(2),
      state: try row.value(3))
  }
}
