import Core
public import Evaluation
import Foundation
public import PrecisionSearch
public import Rendering
public import SearchRuns
import WorkerLaunchers

/// Shows how far searches are: a live block on a terminal, else a plain line now and then.
public final class SearchProgress {
  private let pool: EvaluatorPool
  private let problem: SearchProblem
  private var frame: SearchFrame?
  private let plain = ProgressLine()
  private var lastShown = ContinuousClock.now - .seconds(1)
  /// Of the phase; evaluations repeated from a study do not count.
  private var pace = WorkPace()
  private let clockStart = ContinuousClock.now

  private static let leastInterval = Duration.milliseconds(100)

  /// Shows the workers' states from now on, also while nothing else happens.
  public init(_ pool: EvaluatorPool, _ problem: SearchProblem) {
    self.pool = pool
    self.problem = problem
    pool.whileWaiting = { [weak self] in self?.redraw() }
  }

  /// Shows what a search run reports.
  public func show(_ event: SearchEvent) {
    switch event {
    case .measuringSensitivity(let steps):
      show(
        .init("measuring", done: steps.done, of: steps.planned, "sensitivities"),
        "measuring sensitivities: \(steps.done) of \(steps.planned)", isReplaying: steps.isReplayed)
    case .searching(let steps, let result):
      let best = result.best?.result.figures.map { Quantity.percent($0.accuracy) } ?? ""
      show(
        .init("searching", done: steps.done, of: steps.planned, "evaluations"),
        "evaluation \(steps.done) of \(steps.planned): best \(best)", isReplaying: steps.isReplayed)
      note(result)
    case .comparing(let steps, let step):
      show(
        .init("comparing", done: steps.done, of: steps.planned, "measurements, the last: \(step)"),
        "comparing: \(step)", isReplaying: steps.isReplayed)
    case .warning(let warning): Messages.warn([warning])
    }
  }

  /// Shows how much of a phase is done.
  ///
  /// - Parameters:
  ///   - text: What a plain line says.
  ///   - isReplaying: Whether answers come from a study.
  public func show(_ phase: SearchFrame.Phase, _ text: String, isReplaying: Bool = false) {
    let best = frame?.best
    let failures = frame?.failures ?? 0
    if frame?.phase.name != phase.name {
      pace.forget()
      plain.forget()
    }
    var frame = SearchFrame(phase)
    (frame.best, frame.failures) = (best, failures)
    self.frame = frame
    if isReplaying { pace.forget() } else { pace.note(done: phase.done, at: seconds) }
    guard StandardError.isLive else {
      return plain.show(text, done: phase.done, of: phase.planned, isReplayed: isReplaying)
    }
    if ContinuousClock.now - lastShown >= Self.leastInterval { redraw() }
  }

  /// Shows the best policy and how many failed, from the next frame on.
  public func note(_ result: SearchResult, _ problem: SearchProblem? = nil) {
    guard frame != nil else { return }
    let problem = problem ?? self.problem
    frame?.best = result.best.flatMap { Self.best($0, in: problem) }
    frame?.failures = result.failedPolicyCount
  }

  /// Removes the block.
  public func end() {
    pool.whileWaiting = {}
    frame = nil
    StandardError.clear()
  }

  private func redraw() {
    guard StandardError.isLive, var frame else { return }
    lastShown = .now
    frame.perMinute = pace.secondsEach.map { 60 / $0 }
    frame.timeLeftSeconds = pace.secondsLeft(of: frame.phase.planned, at: seconds)
    frame.workers = pool.states.map { state in
      SearchFrame.Worker(
        task: state.request.map { .init(policy: $0.policy, seconds: (state.busy ?? .zero) / .seconds(1)) },
        restarts: state.crashCount, host: state.hello?.host, absence: Self.absence(state.stage))
    }
    StandardError.show(frame.block)
  }

  private static func absence(_ stage: WorkerState.Stage) -> SearchFrame.Worker.Absence? {
    switch stage {
    case .waiting(let time): .waiting(seconds: time / .seconds(1))
    case .starting: .starting
    case .givenUp: .givenUp
    case .up: nil
    }
  }

  private var seconds: Double { (ContinuousClock.now - clockStart) / .seconds(1) }

  private static func best(_ best: MeasuredPolicy, in problem: SearchProblem) -> SearchFrame.Best? {
    guard let figures = best.result.figures else { return nil }
    let space = problem.space
    let limits = problem.budgets
    var costs = limits.compactMap { budget in
      (try? space.total(budget.resource, of: best.policy)).map {
        SearchFrame.Cost(space.title(of: budget.resource), budget.metric, $0, limit: budget.limit)
      }
    }
    if case .cost(let resource, _) = problem.objective {
      costs.insert(SearchFrame.Cost(space.title(of: resource), resource.metric, best.cost), at: 0)
    }
    return SearchFrame.Best(accuracy: figures.accuracy, costs: costs, policy: best.policy)
  }
}
