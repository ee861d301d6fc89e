import Core
import Foundation
import GRDB
import Glibc

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
  static let columns = "number, started_at, host, process, program_version, program_sha256"

  init(_ row: Row) {
    number = row[0]
    startedAt = row[1]
    host = row[2]
    process = row[3]
    programVersion = row[4]
    programSHA256 = row[5]
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
    try database.execute(
      sql: "INSERT INTO session (\(Self.columns)) VALUES (?, ?, ?, ?, ?, ?)",
      arguments: [number, startedAt, host, process, programVersion, programSHA256])
  }
}
