/// A way to look for the policy of highest accuracy within a budget.
public protocol SearchMethod: Sendable {
  /// Proposes policies to `log` until it throws, or until the method has nothing more to propose.
  ///
  /// Must take every random choice from the seed of the log's options.
  func search(_ log: SearchLog) throws(SearchLog.End)

  /// The format of the checkpoints that the method makes and takes up; nil when the answers are all it needs.
  var stateFormat: String? { get }

  /// The least evaluations with which the method can do its work.
  func leastEvaluations(in problem: SearchProblem, options: SearchOptions) -> Int
}

extension SearchMethod {
  public var stateFormat: String? { nil }

  public func leastEvaluations(in problem: SearchProblem, options: SearchOptions) -> Int { 1 }
}
