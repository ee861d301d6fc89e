public import Evaluation

/// Everything that a search computed, complete or not.
public struct SearchResult: Hashable, Sendable, Codable {
  /// The unquantized network; nil when the search ended before it was measured.
  public internal(set) var reference: EvaluationResult?
  /// In order.
  public internal(set) var episodes: [Episode] = []
  /// The best distinct policies, best first, at most as many as the options keep.
  public internal(set) var leaders: [MeasuredPolicy] = []
  public internal(set) var ending: Ending = .interrupted

  /// Why there are no more episodes.
  public enum Ending: String, Hashable, Sendable, Codable {
    /// All episodes ran.
    case completed
    /// The caller asked to stop.
    case stopped
    /// An evaluation failed.
    case interrupted
  }

  public var best: MeasuredPolicy? { leaders.first }

  mutating func keep(_ measured: MeasuredPolicy, atMost count: Int) {
    guard !leaders.contains(where: { $0.policy == measured.policy }) else { return }
    let place = leaders.firstIndex { measured.isBetter(than: $0) } ?? leaders.endIndex
    leaders.insert(measured, at: place)
    if leaders.count > count { leaders.removeLast() }
  }
}

/// An evaluation failed; nothing computed before it is lost.
public struct SearchFailure: Error {
  public var cause: any Error
  public var partial: SearchResult
}

extension SearchFailure: CustomStringConvertible {
  public var description: String {
    "the search ended after \(partial.episodes.count) episodes, because an evaluation failed: \(cause)"
  }
}
