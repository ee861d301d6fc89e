/// What can go wrong between `haq` and an evaluator.
public enum EvaluatorError: Error, Hashable, Sendable, CustomStringConvertible {
  case cannotStart(command: String, reason: String)
  case incompatible(command: String, theirs: String, ours: String)
  case notTheProtocol(command: String, line: String)
  case refused(command: String, EvaluatorFailure)
  case died(command: String, how: String)
  case silent(command: String, seconds: Int)
  /// After a crash the evaluator came back with another network or other data.
  case changed(command: String)

  public var description: String {
    switch self {
    case .cannotStart(let command, let reason): "the evaluator `\(command)` cannot be started: \(reason)"
    case .incompatible(let command, let theirs, let ours):
      "the evaluator `\(command)` speaks \(theirs), this program \(ours)"
    case .notTheProtocol(let command, let line):
      "the evaluator `\(command)` sent a line that is not part of \(EvaluatorProtocol.version): \(line)"
    case .refused(_, let failure): failure.message
    case .died(let command, let how): "the evaluator `\(command)` ended unasked (\(how))"
    case .silent(let command, let seconds):
      "the evaluator `\(command)` was ended, because it sent nothing for \(seconds) s; --evaluator-timeout sets how long it may take"
    case .changed(let command):
      "the evaluator `\(command)` was started again after a crash and now describes another network or other data"
    }
  }

  /// Whether starting the evaluator again may help.
  var isCrash: Bool {
    switch self {
    case .died, .silent: true
    default: false
    }
  }
}
