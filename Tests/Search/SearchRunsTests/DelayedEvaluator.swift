import Core
import Evaluation
import Foundation

/// An evaluator on a thread of its own that answers as `ScriptedEvaluator` does, after a random time.
///
/// `@unchecked Sendable`: a pool asks it from one thread at a time.
final class DelayedEvaluator: PooledEvaluator, @unchecked Sendable {
  let description: EvaluatorDescription
  private let longestDelayMicroseconds: UInt32

  init(_ description: EvaluatorDescription, longestDelayMicroseconds: UInt32) {
    self.description = description
    self.longestDelayMicroseconds = longestDelayMicroseconds
  }

  func evaluate(_ request: EvaluationRequest) throws -> EvaluationResult {
    usleep(.random(in: 0...longestDelayMicroseconds))
    return Self.answer(request)
  }

  func revive() {}

  static func answer(_ request: EvaluationRequest) -> EvaluationResult {
    let accuracy = request.policy.map {
      ScriptedEvaluator.accuracy($0, isTuned: request.fineTuning != nil, on: request.split)
    }
    return EvaluationResult(
      accuracy: accuracy ?? 0.9, loss: 1 - (accuracy ?? 0.9), samples: request.samples ?? 100,
      divergence: accuracy.map { 0.9 - $0 })
  }
}
