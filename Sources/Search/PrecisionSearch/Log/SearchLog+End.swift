import Core

extension SearchLog {
  /// Why a method must end.
  public enum End: Error {
    /// All evaluations are spent.
    case spent
    case stopped
    case failed(any Error)
  }
}

extension SearchLog.End {
  /// A failure of the target is named as itself, whatever was being solved.
  init(_ error: PolicyProgramError) {
    if case .network(let failure) = error { self = .failed(failure) } else { self = .failed(error) }
  }

  /// What `work` gives, unless the target fails to say what a network costs.
  static func unless<Value>(
    _ work: () throws(NetworkCostFailure) -> Value
  ) throws(SearchLog.End) -> Value {
    do { return try work() } catch { throw .failed(error) }
  }
}
