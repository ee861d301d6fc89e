import Core
public import CostPrograms

/// A run of many questions to a program, with a watch over the machine, and what came of it.
public final class MeasuringSession {
  public private(set) var run: MeasuringRun
  /// Nil where all layers are measured.
  public let active: ActivePlan?
  /// Of the active plan.
  public private(set) var rounds: [ActivePlan.Round] = []
  /// Whether the goal of the active plan was reached.
  public private(set) var isReached = false
  public let model: AnsweredProgram
  public private(set) var unanswered: [UnansweredPoint] = []
  public private(set) var durationSeconds = 0.0
  /// Nil where the program runs on another machine.
  private let watch: MachineWatch?
  /// What was recorded before.
  private let known: Set<RecordedPoint>

  /// How a run ended; in any case what was answered is recorded.
  public enum End {
    case complete
    case interrupted
    case failed(any Error)
  }

  /// A point, whatever the plan that it is part of.
  private struct RecordedPoint: Hashable {
    var layer: String
    var precision: Precision

    init(_ measured: MeasuredPoint, of plan: MeasuringPlan) {
      (layer, precision) = (plan.layers[measured.point.layer].name, measured.point.precision)
    }
  }

  /// - Parameters:
  ///   - run: Its plan is all that may be measured.
  ///   - active: What chooses from it; nil measures all.
  ///   - isHere: Whether the program runs on this machine, which is then watched.
  public init(_ model: AnsweredProgram, _ run: MeasuringRun, choosing active: ActivePlan?, isHere: Bool) {
    watch = isHere ? MachineWatch() : nil
    self.model = model
    self.run = run
    self.active = active
    known = Set(Measurements(run, in: model).points.map { RecordedPoint($0, of: run.plan) })
  }

  /// Asks what is not recorded, until all is, or the program fails for good.
  ///
  /// - Parameters:
  ///   - onProgress: As for `MeasuringRun`; `MeasuringRun.Interruption` ends the run.
  ///   - onRound: Called after each round of an active plan that is followed by another.
  public func measure(
    onProgress: (MeasuringRun.Progress) throws -> Void, onRound: (ActivePlan.Round) -> Void
  ) throws -> End {
    let start = ContinuousClock.now
    defer {
      watch?.look(isLast: true)
      durationSeconds = (ContinuousClock.now - start) / .seconds(1)
    }
    func show(_ state: MeasuringRun.Progress) throws {
      watch?.look()
      try onProgress(state)
    }
    do {
      guard let active else {
        unanswered = try run.run(asking: model, onProgress: show)
        return .complete
      }
      let outcome = try active.run(
        asking: model, run, onPlan: { run = $0 }, onProgress: show,
        onRound: { round in
          rounds.append(round)
          onRound(round)
        })
      (run, unanswered, isReached) = (outcome.run, outcome.unanswered, outcome.isReached)
      return .complete
    } catch is MeasuringRun.Interruption {
      return .interrupted
    } catch let error as CostProgramError {
      return .failed(error)
    }
  }

  public var measurements: Measurements { Measurements(run, in: model) }

  /// Points that were recorded before.
  public var knownCount: Int {
    measurements.points.count { known.contains(RecordedPoint($0, of: run.plan)) }
  }

  /// What else the machine did; nil for another machine, and where the system tells nothing.
  public var machine: MachineReport? { watch?.report }
}
