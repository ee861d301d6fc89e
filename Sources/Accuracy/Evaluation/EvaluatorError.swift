import Conversations

/// What can go wrong between `haq` and an evaluator.
public enum EvaluatorError: Error, Hashable, Sendable, CustomStringConvertible {
  case cannotStart(command: String, reason: String)
  case incompatible(command: String, theirs: String, ours: String)
  case notTheProtocol(command: String, line: String)
  /// A reply of the right form whose figures cannot be, or are of something else than was asked.
  case impossible(command: String, ImpossibleFigure)
  case lineTooLong(command: String)
  case refused(command: String, EvaluatorFailure)
  case died(command: String, how: String, lastWords: String)
  /// It ended by itself before it described itself, which is how an evaluator says that it cannot work.
  case cannotWork(command: String, how: String, lastWords: String)
  case silent(command: String, seconds: Int)
  /// A launcher ended before the evaluator was running on its machine.
  case notLaunched(command: String, how: String, lastWords: String)
  /// It ran on another machine and is gone without a word: cancelled, preempted, out of time, or its machine died.
  case lost(command: String, host: String, how: String, lastWords: String)
  /// It died or was silent each time that it was started, or asked one question.
  ///
  /// - Parameter task: `its start` or `one question`.
  case failedRepeatedly(command: String, task: String, times: Int, how: String, lastWords: String)
  /// Policy after policy fails, so the evaluator does, not the policies.
  case failsAlways(policies: Int, how: String)
  /// Several were started with one command line, and do not hold the same.
  case notAlike(command: String)
  /// After a crash the evaluator came back with another network or other data.
  case changed(command: String)

  public var description: String {
    switch self {
    case .cannotStart(let command, let reason): "the evaluator `\(command)` cannot be started: \(reason)"
    case .incompatible(let command, let theirs, let ours):
      "the evaluator `\(command)` speaks \(theirs), this program \(ours)"
    case .notTheProtocol(let command, let line):
      "the evaluator `\(command)` sent a line that is not part of \(EvaluatorProtocol.version): \(line)"
    case .impossible(let command, let problem):
      "the evaluator `\(command)` gave an impossible answer, which is not recorded: \(problem). "
        + "Repair it; docs/evaluator.md states what each figure means"
    case .lineTooLong(let command):
      "the evaluator `\(command)` was ended, because it sent a line of more than \(LineReader.longestLine >> 20) MiB, "
        + "the longest that \(EvaluatorProtocol.version) allows"
    case .refused(_, let failure): failure.message
    case .died(let command, let how, let lastWords):
      "the evaluator `\(command)` ended unasked (\(how)\(lastWords))"
    case .cannotWork(let command, let how, let lastWords):
      "the evaluator `\(command)` ended before it described itself (\(how)\(lastWords))"
    case .silent(let command, let seconds):
      "the evaluator `\(command)` was ended, because it sent no reply for \(seconds) s; --evaluator-timeout sets how long one may take"
    case .notLaunched(let command, let how, let lastWords):
      "the launcher of the evaluator `\(command)` ended before the evaluator ran (\(how)\(lastWords))"
    case .lost(let command, let host, let how, let lastWords):
      "the evaluator `\(command)` on \(host) was lost (\(how)\(lastWords))"
    case .failedRepeatedly(let command, let task, let times, let how, let lastWords):
      "the evaluator `\(command)` failed at \(task) \(times) times (\(how)\(lastWords))"
    case .failsAlways(let policies, let how):
      """
      the evaluator failed on \(policies) policies in a row, the last one with: \(how). Something is wrong with the \
      evaluator rather than with the policies; see the evaluator's log in the run folder
      """
    case .notAlike(let command):
      "the evaluators started as `\(command)` do not all describe the same network and data, so they cannot share a search"
    case .changed(let command):
      "the evaluator `\(command)` was started again after a crash and now describes another network or other data"
    }
  }

  /// Whether starting the evaluator again may help.
  var isCrash: Bool {
    switch self {
    case .died, .silent, .notLaunched, .lost: true
    default: false
    }
  }

  /// Whether it says something of the machine that the evaluator ran on, or was to run on, and nothing of the evaluator.
  var isLoss: Bool {
    switch self {
    case .notLaunched, .lost: true
    default: false
    }
  }

  /// What happened, in a few words that are the same each time it happens, and what the evaluator wrote at last.
  var circumstances: (how: String, lastWords: String) {
    switch self {
    case .died(_, let how, let lastWords): (how, lastWords)
    case .silent(_, let seconds): ("silent for \(seconds) s", "")
    case .notLaunched(_, let how, let lastWords): ("not launched: \(how)", lastWords)
    case .lost(_, _, let how, let lastWords): ("lost: \(how)", lastWords)
    default: (description, "")
    }
  }

  /// What is thrown after the last of several attempts.
  ///
  /// - Parameter task: `its start` or `one question`.
  func givenUp(after times: Int, at task: String) -> EvaluatorError {
    let (how, lastWords) = circumstances
    return .failedRepeatedly(command: command, task: task, times: times, how: how, lastWords: lastWords)
  }

  private var command: String {
    switch self {
    case .died(let command, _, _), .silent(let command, _), .notLaunched(let command, _, _),
      .lost(let command, _, _, _):
      command
    default: preconditionFailure("only crashes are tried again")
    }
  }
}
