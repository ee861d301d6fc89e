public import Diagnostics
public import PrecisionSearch

/// What a search run reports while it runs.
public enum SearchEvent: Sendable {
  case measuringSensitivity(Steps)
  /// With everything found so far.
  case searching(Steps, SearchResult)
  /// With the step that was taken last.
  case comparing(Steps, PlannedMeasurement)
  case warning(Diagnostic)

  /// How much of a phase is done.
  public struct Steps: Hashable, Sendable {
    public var done: Int
    public var planned: Int
    /// Whether the evaluations so far came from the study; they say nothing about the pace.
    public var isReplayed: Bool

    public init(done: Int, planned: Int, isReplayed: Bool = false) {
      self.done = done
      self.planned = planned
      self.isReplayed = isReplayed
    }
  }
}

/// Who follows a search run, and may end it.
public struct SearchObserver {
  /// Called on the thread of the run.
  public var onEvent: (SearchEvent) -> Void
  /// Asked between evaluations; once it is true, nothing more is evaluated.
  public var shouldStop: () -> Bool

  public init(
    onEvent: @escaping (SearchEvent) -> Void = { _ in }, shouldStop: @escaping () -> Bool = { false }
  ) {
    self.onEvent = onEvent
    self.shouldStop = shouldStop
  }

  func warn(_ warnings: [Diagnostic]) { for warning in warnings { onEvent(.warning(warning)) } }

  var continuation: Continuation { shouldStop() ? .stop : .next }
}
