import Core
import CostPrograms
import Documents
import Foundation
import Measuring
import Specs
import Targets
import Terminal
import WorkerLaunchers

/// A run of `haq measure` with its progress, its watch over the machine, and what came of it.
final class MeasuringSession {
  private let target: Target
  private var run: MeasuringRun
  /// Nil where all layers are measured.
  private let active: ActivePlan?
  private var rounds: [ActivePlan.Round] = []
  private var isReached = false
  private let model: AnsweredProgram
  private let watch = MachineWatch()
  /// What was recorded before.
  private let known: Set<RecordedPoint>
  private var unanswered: [UnansweredPoint] = []
  private var durationSeconds = 0.0

  /// How a run ended; in any case what was answered is recorded.
  enum End {
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

  /// Starts the program.
  init(_ target: Target, _ run: MeasuringRun, choosing layers: MeasuringPlanOptions.Layers) throws {
    self.target = target
    self.run = run
    if case .chosen(let plan) = layers { active = plan } else { active = nil }
    model = try target.answeredProgram(onNews: RemoteProgramLog().hear)
    known = Set(Measurements(run, in: model).points.map { RecordedPoint($0, of: run.plan) })
  }

  /// Asks what is not recorded, until all is, Ctrl-C, or the program fails for good.
  func measure() throws -> End {
    let progress = ProgressLine()
    let start = ContinuousClock.now
    var phase: MeasuringRun.Progress.Phase?
    defer {
      progress.clear()
      watch.look(isLast: true)
      let parts = (ContinuousClock.now - start).components
      durationSeconds = Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
    }
    func show(_ state: MeasuringRun.Progress) throws {
      guard !Interrupt.isRequested else { throw MeasuringRun.Interruption() }
      watch.look()
      progress.show(state.text, done: state.done, of: state.total, isReplayed: state.phase != phase)
      phase = state.phase
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
          progress.show(round.text)
        })
      (run, unanswered, isReached) = (outcome.run, outcome.unanswered, outcome.isReached)
      return .complete
    } catch is MeasuringRun.Interruption {
      return .interrupted
    } catch let error as CostProgramError {
      return .failed(error)
    }
  }

  var measurements: Measurements { Measurements(run, in: model) }

  private var knownCount: Int {
    measurements.points.count { known.contains(RecordedPoint($0, of: run.plan)) }
  }

  func document(networks: [String], in written: WrittenTable) -> MeasurementDocument {
    MeasurementDocument(
      measurements, run,
      of: MeasuredTargetPart(target.spec, specSHA256: target.specSHA256, model.description),
      networks: networks,
      choice: active.map { .init(goal: $0.goal, isReached: isReached, rounds: rounds) },
      unanswered: unanswered, known: knownCount,
      // What this machine does says nothing of another one.
      machine: target.launcher.remote == nil ? watch.report : nil, durationSeconds: durationSeconds,
      in: written)
  }
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
