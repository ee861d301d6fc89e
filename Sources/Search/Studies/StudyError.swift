import Diagnostics
import SQLite
import SystemLimits

/// Why a study cannot be read, written or resumed.
public enum StudyError: Error, Hashable, Sendable {
  case missing(path: String)
  case exists(path: String)
  case notAStudy(path: String)
  /// Written by a later version of the program.
  case newer(path: String)
  /// Another process is working on it.
  case inUse(path: String, process: Int?)
  case diskFull(path: String)
  /// The process may not write files as large as the study, or the log beside it.
  case fileSizeLimit(path: String, bytes: UInt)
  case readOnly(path: String)
  case damaged(path: String, reason: String)
  /// Rows that are not what was written, or that are missing.
  case damagedRows(path: String, [DamagedRow])
  case cannotOpen(path: String, reason: String)
  /// What the recorded numbers depend on is no longer the same.
  case changed(path: String, [StudyFacts.Difference])
  /// The same search asked other questions than those recorded.
  case diverged(path: String, recorded: Int, served: Int)
  /// The evaluator was asked a recorded question again, and answered otherwise.
  case answersChanged(path: String, number: Int, recorded: String, now: String)
  /// The same search came to another episode than the one recorded.
  case divergedEpisode(path: String, number: Int)

  /// What SQLite said, as what it means for a study.
  init(_ error: any Error, path: String) {
    if let error = error as? StudyError {
      self = error
      return
    }
    guard let error = error as? DatabaseError else {
      self = .cannotOpen(path: path, reason: "\(error)")
      return
    }
    let reason = error.message
    // SQLite tells of a full disk, and of a write that failed otherwise.
    let isWriting = error.primaryCode == DatabaseError.full || error.code == DatabaseError.failedWrite
    if isWriting, let limit = ProcessLimits.fileSizeBytes {
      self = .fileSizeLimit(path: path, bytes: limit)
      return
    }
    switch error.primaryCode {
    case DatabaseError.full: self = .diskFull(path: path)
    case DatabaseError.readOnly, DatabaseError.noPermission: self = .readOnly(path: path)
    case DatabaseError.notADatabase: self = .notAStudy(path: path)
    case DatabaseError.cannotOpen:
      // An interrupted study has a log beside it, which SQLite reads only where it can write.
      self = .cannotOpen(
        path: path,
        reason:
          "\(reason). If its folder is read-only, copy the study together with its -wal file to another one")
    case DatabaseError.corrupt: self = .damaged(path: path, reason: reason)
    default: self = .cannotOpen(path: path, reason: reason)
    }
  }
}

extension StudyError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missing(let path): "\(path): there is no study here. `haq study list` shows those below a folder"
    case .exists(let path):
      "\(path): there is a study already. Continue it with `haq study resume`, or name another folder"
    case .notAStudy(let path): "\(path): the file is not a study of haq"
    case .newer(let path):
      "\(path): the study was written by a later version of haq. Install that one to open it"
    case .inUse(let path, let process):
      """
      \(path): \(process.map { "process \($0)" } ?? "another process") is working on this study. \
      Wait for it or stop it, then try again; what it has found can be seen with `haq study show`
      """
    case .diskFull(let path):
      """
      \(path): the disk is full. Everything recorded so far is kept: make room, then continue with \
      `haq study resume`
      """
    case .fileSizeLimit(let path, let bytes):
      """
      \(path): the study cannot grow, because this process may write files of at most \(bytes) bytes. Everything recorded \
      so far is kept: raise the limit with ulimit -f, then continue with `haq study resume`
      """
    case .readOnly(let path):
      "\(path): the study may not be written. Make its file and its folder writable, or copy it to another folder"
    case .damagedRows(let path, let rows):
      """
      \(path): the study is damaged, so nothing of it is used: \(Self.list(rows)). \
      \(rows.count == 1 ? "`haq study show --check` names every damaged row. " : "")Restore the file from a copy, or \
      start a new search
      """
    case .damaged(let path, let reason):
      """
      \(path): the study is damaged (\(reason)). The SQLite tool can save what is readable: \
      sqlite3 \(path) .recover
      """
    case .cannotOpen(let path, let reason): "\(path): cannot open the study: \(reason)"
    case .changed(let path, let differences):
      """
      \(path): the study cannot be resumed, because what its numbers depend on has changed:
      \(differences.map { "  " + $0.description }.joined(separator: "\n"))
      Restore what changed, or start a new study from this one's evaluations with --fork
      """
    case .diverged(let path, let recorded, let served):
      """
      \(path): this program searches differently from the one that recorded the study: after \(served) of \
      \(recorded) recorded evaluations it needs one that is not recorded. Continue with the program of the last \
      session (`haq study show`), or start a new study from this one's evaluations with --fork
      """
    case .answersChanged(let path, let number, let recorded, let now):
      """
      \(path): the evaluator no longer answers as when the study was recorded, so new answers cannot stand beside the \
      recorded ones. Evaluation \(number) was \(recorded); asked again, it is \(now). Restore the evaluator, its data \
      and its machine, or start a new search
      """
    case .divergedEpisode(let path, let number):
      """
      \(path): this program searches differently from the one that recorded the study: episode \(number) is \
      different. Continue with the program of the last session (`haq study show`), or start a new study from this \
      one's evaluations with --fork
      """
    }
  }
}

extension StudyError {
  private static let mostRows = 20

  /// One after a colon, several each on a line of its own.
  private static func list(_ rows: [DamagedRow]) -> String {
    if rows.count == 1 { return rows[0].description }
    let shown = rows.prefix(mostRows).map { "\n  \($0)" }
    let more = rows.count > mostRows ? "\n  and \(rows.count - mostRows) more rows" : ""
    return shown.joined() + more + "\n"
  }
}
