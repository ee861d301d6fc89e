import Core
import PrecisionSearch
import Specs

/// Records what a search finds while it runs, and reports it.
final class SearchRecorder {
  /// Why something could not be kept; the search then stops.
  private(set) var failure: (any Error)?
  private let files: RunFiles
  private let document: (MeasuredPolicy) throws -> PolicyDocument
  private let observer: SearchObserver
  private let isReplaying: () -> Bool

  /// - Parameter document: Makes policy.json.
  init(
    _ files: RunFiles, _ observer: SearchObserver,
    document: @escaping (MeasuredPolicy) throws -> PolicyDocument,
    isReplaying: @escaping () -> Bool
  ) {
    self.files = files
    self.document = document
    self.observer = observer
    self.isReplaying = isReplaying
  }

  func keep(_ episode: Episode, _ result: SearchResult, of planned: Int) -> Continuation {
    attempt {
      let isNews = try files.append(episode)
      if episode.isBest, isNews { try files.write(try document(episode.measured)) }
    } then: {
      observer.onEvent(.searching(steps(result.evaluations, of: planned), result))
      return observer.continuation
    }
  }

  func note(measurement done: Int, of planned: Int) -> Continuation {
    observer.onEvent(.measuringSensitivity(steps(done, of: planned)))
    return observer.continuation
  }

  func keep(_ checkpoint: Checkpoint) -> Continuation {
    attempt {
      // What a resumed search repeats is kept already.
      if !isReplaying() { try files.keep(checkpoint) }
    } then: {
      .next
    }
  }

  private func steps(_ done: Int, of planned: Int) -> SearchEvent.Steps {
    .init(done: done, planned: planned, isReplayed: isReplaying())
  }

  private func attempt(_ keep: () throws -> Void, then proceed: () -> Continuation) -> Continuation {
    do {
      try keep()
    } catch {
      failure = error
      return .stop
    }
    return proceed()
  }
}
