/// What a search and the comparison at its end found.
public struct SearchOutcome: Hashable, Sendable {
  public var found: SearchResult
  /// The best policy of the search.
  public var best: MeasuredPolicy
  /// Nil when the search was stopped before the comparison was complete.
  public var comparison: Comparison?
  /// Nil without a race, or without a comparison.
  public var race: FinalistRace.Outcome?

  public init(
    found: SearchResult, best: MeasuredPolicy, comparison: Comparison?, race: FinalistRace.Outcome? = nil
  ) {
    self.race = race
    self.found = found
    self.best = best
    self.comparison = comparison
  }

  /// The result: the best finalist of the comparison, else the best policy of the search.
  public var searched: MeasuredPolicy { comparison?.searched?.measured ?? best }

  public var ending: SearchResult.Ending {
    comparison == nil && found.ending == .completed ? .stopped : found.ending
  }
}
