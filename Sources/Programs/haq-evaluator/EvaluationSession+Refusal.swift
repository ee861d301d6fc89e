import Diagnostics
import Evaluation
import Glibc
import Training

extension EvaluationSession {
  /// Answers every line with the reason why there is no session.
  ///
  /// - Returns: false when there was no line to answer, or a person would have to write it.
  static func refuseAll(_ failure: EvaluatorFailure) -> Bool {
    guard isatty(STDIN_FILENO) == 0 else { return false }
    var count = 0
    while let line = readLine() {
      guard !line.allSatisfy(\.isWhitespace) else { continue }
      send(.failure(id: id(of: line), failure))
      count += 1
    }
    return count > 0
  }
}

extension EvaluatorFailure {
  /// What a request, or the start of the program, failed with.
  init(_ error: any Error) {
    switch error {
    case let failure as EvaluatorFailure: self = failure
    case let diagnostic as Diagnostic: self.init(.illegal, diagnostic.text)
    case is QuantizationError: self.init(.illegal, "\(error)")
    default: self.init(.failed, "\(error)")
    }
  }
}
