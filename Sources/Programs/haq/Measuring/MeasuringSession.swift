import Core
import CostPrograms
import Documents
import Foundation
import Measuring
import Specs
import Targets

/// A run of `haq measure` with its progress, its watch over the machine, and what came of it.
final class MeasuringSession {
  private let target: Target
  private let run: MeasuringRun
  private let model: AnsweredProgram
  private let watch = MachineWatch()
  private let known: Int
  private var unanswered: [UnansweredPoint] = []
  private var durationSeconds = 0.0

  /// How a run ended; in any case what was answered is recorded.
  enum End {
    case complete
    case interrupted
    case failed(any Error)
  }

  /// Starts the program.
  init(_ target: Target, _ run: MeasuringRun) throws {
    self.target = target
    self.run = run
    model = try target.answeredProgram()
    known = Measurements(run, in: model).points.count
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
    do {
      unanswered = try run.run(asking: model) { state in
        guard !Interrupt.isRequested else { throw MeasuringRun.Interruption() }
        watch.look()
        progress.show(state.text, done: state.done, of: state.total, isReplayed: state.phase != phase)
        phase = state.phase
      }
      return .complete
    } catch is MeasuringRun.Interruption {
      return .interrupted
    } catch let error as CostProgramError {
      return .failed(error)
    }
  }

  var measurements: Measurements { Measurements(run, in: model) }

  func document(networks: [String], in written: WrittenTable) -> MeasurementDocument {
    MeasurementDocument(
      measurements, run,
      of: MeasuredTargetPart(target.spec, specSHA256: target.specSHA256, model.description),
      networks: networks,
      unanswered: unanswered, known: known, machine: watch.report, durationSeconds: durationSeconds,
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
