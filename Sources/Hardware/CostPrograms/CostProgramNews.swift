public import WorkerLaunchers

/// What happens to a cost program of another machine, beside its answers.
public enum CostProgramNews: Sendable {
  /// It waits to be run, in the queue of its cluster or before it is launched again, and has done so for this time; said
  /// about five times a second.
  case waiting(Duration)
  /// It came up, or is started again.
  case event(WorkerEvent.Kind)

  /// Hears the news on the asking thread; what it throws ends the work.
  public typealias Listener = @Sendable (CostProgramNews) throws -> Void
}
