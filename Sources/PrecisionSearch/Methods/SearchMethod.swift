/// A way to look for the policy of highest accuracy within a budget.
public protocol SearchMethod: Sendable {
  /// Proposes policies to `log` until it throws, or until the method has nothing more to propose.
  ///
  /// Must take every random choice from the seed of the log's options.
  func search(_ log: SearchLog) throws(SearchLog.End)

  /// The least evaluations with which the method can do its work.
  func leastEvaluations(in environment: Environment, options: SearchOptions) -> Int
}

extension SearchMethod {
  public func leastEvaluations(in environment: Environment, options: SearchOptions) -> Int { 1 }
}
