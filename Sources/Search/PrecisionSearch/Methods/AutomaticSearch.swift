import Core
import Evaluation
import RandomNumbers

/// Measures sensitivities, solves, and spends what is left on looking around the solution.
///
/// Around it means: sensitivities that are varied at random, and solved for again, so that every policy measured
/// uses the whole budget. The centre moves to the best policy found. What adds up in the program does not quite
/// add up in the network, and this finds some of the difference.
public struct AutomaticSearch: SearchMethod {
  public var sensitivitySamples: Int?
  public var sensitivitySource: SensitivitySource
  private var known: Sensitivity?
  /// Standard deviation of the logarithms of the factors that sensitivities are varied by.
  var sigma = Variation.sigma

  /// Proposals in a row that lead to policies already known before the search ends.
  private static let patience = 50

  public init(sensitivitySamples: Int? = nil, from source: SensitivitySource = .measured) {
    self.sensitivitySamples = sensitivitySamples
    sensitivitySource = source
  }

  /// For another budget of the same network: nothing is measured again.
  public init(knowing sensitivity: Sensitivity) {
    known = sensitivity
    sensitivitySource = .measured
  }

  public func leastEvaluations(in problem: SearchProblem, options: SearchOptions) -> Int {
    known == nil
      ? plan(problem).leastEvaluations(options) : 1
  }

  public var stateFormat: String? { State.format }

  private struct State: MethodState {
    static let format = "auto/1"
    var generator: RandomSource
    /// Of the best policy so far.
    var center: Variation

    func isPossible(_ problem: SearchProblem, after episodes: Int) -> Bool {
      center.isPossible(layerCount: problem.space.layerCount)
    }
  }

  private func plan(_ problem: SearchProblem) -> SensitivityPlan {
    SensitivityPlan(problem, sensitivitySamples: sensitivitySamples, from: sensitivitySource)
  }

  public func search(_ log: SearchLog) throws(SearchLog.End) {
    let sensitivity =
      if let known { known } else {
        try plan(log.problem).run(log)
      }
    let program = PrecisionProgram(log.problem, sensitivity: sensitivity)
    let kept = try log.resumed(as: State.self, for: .keeping)
    var state = if let kept { kept } else { try begin(log, program) }
    // What follows as long as the centre stays; several evaluators begin with it.
    var next: [Proposal] = []
    while true {
      while next.count <= log.foresight {
        var ahead = next.last?.generator ?? state.generator
        guard
          let proposal = try proposal(
            around: state.center, program, &ahead,
            isKnown: { policy in
              log.knows(policy) || next.contains { $0.policy == policy }
            })
        else { break }
        next.append(proposal)
      }
      guard !next.isEmpty else { return }
      let proposal = next.removeFirst()
      state.generator = proposal.generator
      log.expect([proposal.policy] + next.map(\.policy), for: .keeping, .probably)
      if try log.measure(proposal.policy, from: .varied(sigma: sigma), for: .keeping).isBest {
        state.center = proposal.variation
        next = []
      }
      try log.keep { state }
    }
  }

  /// Measures the solution itself.
  private func begin(_ log: SearchLog, _ program: PrecisionProgram) throws(SearchLog.End) -> State {
    _ = try log.measure(program.solved().policy, from: .integerProgram)
    let layerCount = log.problem.space.layerCount
    return State(
      generator: RandomSource(seed: log.options.seed), center: Variation(layerCount: layerCount))
  }

  private struct Proposal {
    var variation: Variation
    var policy: Policy
    /// Which makes the proposals after this one.
    var generator: RandomSource
  }

  /// The next policy that is not known; nil when patience ends before there is one.
  private func proposal(
    around center: Variation, _ program: PrecisionProgram, _ generator: inout RandomSource,
    isKnown: (Policy) -> Bool
  ) throws(SearchLog.End) -> Proposal? {
    for _ in 0..<Self.patience {
      let variation = center.varied(by: sigma, using: &generator)
      let policy = try program.solved(factor: variation.factor).policy
      if !isKnown(policy) { return Proposal(variation: variation, policy: policy, generator: generator) }
    }
    return nil
  }
}
