import Core
public import Measuring

/// Shows how far a measurement is, on one line.
public final class MeasuringProgress {
  private let line = ProgressLine()
  private var phase: MeasuringRun.Progress.Phase?

  public init() {}

  /// Throws `MeasuringRun.Interruption` once Ctrl-C was pressed.
  public func show(_ state: MeasuringRun.Progress) throws {
    guard !Interrupt.isRequested else { throw MeasuringRun.Interruption() }
    line.show(state.text, done: state.done, of: state.total, isReplayed: state.phase != phase)
    phase = state.phase
  }

  public func show(_ round: ActivePlan.Round) { line.show(round.text) }

  public func clear() { line.clear() }
}

extension MeasuringRun.Progress {
  fileprivate var text: String {
    switch phase {
    case .measuring: "measured \(done) of \(total) points"
    case .again(let take): "answer \(take) about \(done) of \(total) points that are not sure enough"
    case .checking: "checked \(done) of \(total) points"
    }
  }
}

extension ActivePlan.Round {
  fileprivate var text: String {
    let error = heldOutError.map { ", \(Quantity.percent($0)) off on held-out layers" } ?? ""
    return "\(Quantity.counted(layers, "layer"))\(error); choosing more"
  }
}
