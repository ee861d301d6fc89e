import Core
import Evaluation
import Foundation
import Glibc
import SQLite

/// One process that worked on a study.
public struct StudySession: Hashable, Sendable, Codable {
  /// From 1.
  public var number: Int
  /// ISO 8601, UTC, by the machine's clock.
  public var startedAt: String
  public var host: String
  public var process: Int
  public var programVersion: String
  public var programSHA256: String
}

extension StudySession {
  /// A row of `StudyTable.session`.
  init(_ row: Row) throws {
    number = try row.value(0)
    startedAt = try row.value(1)
    host = try row.value(2)
    process = try row.value(3)
    programVersion = try row.value(4)
    programSHA256 = try row.value(5)
    guard (1...Int(Int32.max)).contains(number) else {
      throw ImpossibleFigure("number", number, allowed: "1 to \(Int32.max)")
    }
  }

  /// This process.
  init(number: Int, programSHA256: String) {
    self.number = number
    startedAt = StudyText.time(Date())
    host = ProcessInfo.processInfo.hostName
    process = Int(getpid())
    programVersion = ProgramVersion.current
    self.programSHA256 = programSHA256
  }

  func insert(into database: Database) throws {
    try StudyTable.session.insert(
      [number, startedAt, host, process, programVersion, programSHA256], into: database)
  }
}
