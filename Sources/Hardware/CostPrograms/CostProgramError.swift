import Conversations
import Core

/// What can go wrong between `haq` and a cost program.
public enum CostProgramError: Error, Hashable, Sendable, CustomStringConvertible {
  case cannotStart(command: String, reason: String)
  case incompatible(command: String, theirs: String)
  case notTheProtocol(command: String, line: String)
  /// A reply of the right form whose figures cannot be, or are of something else than was asked.
  case impossible(command: String, problem: String)
  case lineTooLong(command: String)
  case refused(command: String, CostFailure)
  case died(command: String, how: String)
  /// It ended by itself before it described itself, which is how a program says that it cannot work.
  case cannotWork(command: String, how: String)
  case silent(command: String, seconds: Double)
  /// Its launcher ended `times` times in a row before the program ran on its machine.
  case notLaunched(command: String, times: Int, how: String)
  /// It ran on another machine and is gone without a word: cancelled, preempted, out of time, or its machine failed.
  case lost(command: String, host: String, how: String)
  /// It died or was silent each time that it was started, without an answer in between.
  case failedRepeatedly(command: String, times: Int, how: String)
  /// After a crash it came back with another description.
  case changed(command: String)
  /// It has costs of another batch only.
  case otherBatch(command: String, only: Int, asked: Int)
  /// It cannot run the network as a whole.
  case noNetwork(command: String, reason: String)
  case cannotRecord(path: String, reason: String)
  /// A file lies where the answers should, and has none.
  case notAnswers(path: String)

  public var description: String {
    switch self {
    case .cannotStart(let command, let reason): "the cost program `\(command)` cannot be started: \(reason)"
    case .incompatible(let command, let theirs):
      "the cost program `\(command)` speaks \(theirs.visibleLine), this program \(CostProtocol.version)"
    case .notTheProtocol(let command, let line):
      "the cost program `\(command)` sent a line that is not part of \(CostProtocol.version): "
        + line.visibleLine
    case .impossible(let command, let problem):
      "the cost program `\(command)` gave an impossible answer, which is not recorded: \(problem). "
        + "Repair it; docs/cost-programs.md states what each figure means"
    case .lineTooLong(let command):
      "the cost program `\(command)` was ended, because it sent a line of more than \(LineReader.longestLine >> 20) "
        + "MiB, the longest that \(CostProtocol.version) allows"
    case .refused(let command, let failure):
      "the cost program `\(command)` refused: \(failure.message.visibleLine)"
    case .died(let command, let how): "the cost program `\(command)` ended unasked (\(how))"
    case .cannotWork(let command, let how):
      "the cost program `\(command)` ended before it described itself (\(how)); what it wrote says why"
    case .silent(let command, let seconds):
      "the cost program `\(command)` was ended, because it sent no reply for \(seconds) s; \"timeout_s\" in the spec's "
        + "model sets how long one may take"
    case .notLaunched(let command, let times, let how):
      "the launcher of the cost program `\(command)` ended \(times == 1 ? "" : "\(times) times ")before the program ran "
        + "(\(how)); what it wrote says why"
    case .lost(let command, let host, let how):
      "the cost program `\(command)` on \(host) was lost (\(how))"
    case .failedRepeatedly(let command, let times, let how):
      "the cost program `\(command)` failed \(times) times without an answer in between (\(how)); what it answered "
        + "before is recorded"
    case .changed(let command):
      "the cost program `\(command)` was started again after a crash and now describes itself otherwise. On a cluster, "
        + "--launcher-options must ask for machines of one kind"
    case .otherBatch(let command, let only, let asked):
      "the cost program `\(command)` has costs of batch \(only) only, not of batch \(asked)"
    case .noNetwork(let command, let reason):
      "the cost program `\(command)` cannot run the whole network: \(reason.visibleLine)"
    case .cannotRecord(let path, let reason):
      "cannot record the answers of a cost program in \(path): \(reason). Copy the folder of the spec to one in which "
        + "you may write"
    case .notAnswers(let path):
      "\(path) lies where the answers of a cost program are recorded, and has none. Move it away"
    }
  }

  /// Whether starting the program again may help.
  var isCrash: Bool {
    switch self {
    case .died, .silent, .notLaunched, .lost: true
    default: false
    }
  }

  /// What happened, in a few words that are the same each time it happens.
  var circumstances: String {
    switch self {
    case .died(_, let how): how
    case .silent(_, let seconds): "silent for \(seconds) s"
    case .lost(_, let host, let how): "lost on \(host): \(how)"
    default: description
    }
  }
}
