import Core
import Evaluation
import RandomNumbers

/// Measures sensitivities, finds the least cost at which the exact solution keeps the accuracy, and looks around it for less.
///
/// For `Objective.cost`. The exact solutions for ever tighter limits on the cost are measured by bisection; then
/// sensitivities are varied as `AutomaticSearch` does, each time for a little less than the cheapest policy so far.
public struct CheapestSearch: SearchMethod {
  public var sensitivitySamples: Int?
  public var sensitivitySource: SensitivitySource

  /// Bisection ends when it knows the cost to this share.
  private static let resolution = 0.01
  /// The share by which the next policy must be cheaper, at first and at last.
  private static let steps = (first: 0.02, last: 0.001)
  /// Failures in a row before the next policy need only save half as much.
  private static let patience = 6
  /// Proposals in a row that lead to no new policy before the search ends.
  private static let misses = 50

  public init(sensitivitySamples: Int? = nil, from source: SensitivitySource = .measured) {
    self.sensitivitySamples = sensitivitySamples
    sensitivitySource = source
  }

  public func leastEvaluations(in problem: SearchProblem, options: SearchOptions) -> Int {
    plan(problem).leastEvaluations(options)
  }

  private func plan(_ problem: SearchProblem) -> SensitivityPlan {
    SensitivityPlan(problem, sensitivitySamples: sensitivitySamples, from: sensitivitySource)
  }

  public func search(_ log: SearchLog) throws(SearchLog.End) {
    let sensitivity = try plan(log.problem).run(log)
    let program = PrecisionProgram(log.problem, sensitivity: sensitivity)
    let kept = try log.resumed(as: Place.self)
    let place = if let kept { kept } else { try begin(log, program) }
    try refine(log, program, from: place)
  }

  public var stateFormat: String? { Place.format }

  private func begin(_ log: SearchLog, _ program: PrecisionProgram) throws(SearchLog.End) -> Place {
    Place(
      generator: RandomSource(seed: log.options.seed),
      center: Variation(layerCount: log.problem.space.layerCount), least: try bisect(log, program),
      step: Self.steps.first)
  }

  /// The least cost found at which a solution keeps the accuracy, or that of the most accurate solution.
  private func bisect(_ log: SearchLog, _ program: PrecisionProgram) throws(SearchLog.End) -> Double {
    let most = try log.measure(program.solved().policy, from: .integerProgram).measured
    var high = most.cost
    guard log.keepsAccuracy(most) else { return high }
    var low = try SearchLog.End.unless { () throws(NetworkCostFailure) in
      try log.problem.space.minimum(of: log.problem.resource) ?? 0
    }
    while high - low > Self.resolution * high {
      let middle = (low + high) / 2
      guard let policy = try policy(program, costing: middle) else {
        low = middle
        continue
      }
      if log.foresight > 0 {
        // Either half comes next, and its middle can be begun with.
        let (cheaper, dearer) = ((low + middle) / 2, (middle + high) / 2)
        let next = [try self.policy(program, costing: cheaper), try self.policy(program, costing: dearer)]
        log.expect([policy] + next.compactMap(\.self), .probably)
      }
      let measured = try log.measure(policy, from: .integerProgram).measured
      if log.keepsAccuracy(measured) { high = min(middle, measured.cost) } else { low = middle }
    }
    return high
  }

  /// Measures one proposal after the other; while none keeps the accuracy, what follows is known, and announced.
  private func refine(
    _ log: SearchLog, _ program: PrecisionProgram, from begin: Place
  ) throws(SearchLog.End) {
    var place = begin
    var next: [Proposal] = []
    while true {
      while next.count <= log.foresight {
        let from = next.last?.afterFailure ?? place
        guard
          let proposal = try proposal(
            from: from, program,
            isKnown: { policy in log.knows(policy) || next.contains { $0.policy == policy } })
        else { break }
        next.append(proposal)
      }
      guard !next.isEmpty else { return }
      let proposal = next.removeFirst()
      log.expect([proposal.policy] + next.map(\.policy), .probably)
      let measured = try log.measure(proposal.policy, from: .varied(sigma: Variation.sigma)).measured
      if log.keepsAccuracy(measured) {
        place = proposal.afterSuccess(costing: measured.cost)
        next = []
      } else {
        place = proposal.afterFailure
      }
      try log.keep { place }
    }
  }

  /// Where the next proposal comes from.
  private struct Place: MethodState {
    static let format = "cheapest/1"
    var generator: RandomSource
    var center: Variation
    /// The cost of the cheapest policy so far.
    var least: Double
    /// The share by which the next one must be cheaper.
    var step: Double
    /// In a row.
    var failures = 0

    func isPossible(_ problem: SearchProblem, after episodes: Int) -> Bool {
      center.isPossible(layerCount: problem.space.layerCount) && least >= 0 && least.isFinite
        && (0..<1).contains(step) && (0...episodes).contains(failures)
    }
  }

  private struct Proposal {
    var variation: Variation
    var policy: Policy
    /// Once the variation was drawn.
    var place: Place

    var afterFailure: Place {
      var place = place
      place.failures += 1
      if place.failures % CheapestSearch.patience == 0 {
        place.step = max(place.step / 2, CheapestSearch.steps.last)
      }
      return place
    }

    func afterSuccess(costing cost: Double) -> Place {
      var place = place
      (place.center, place.least, place.failures) = (variation, min(place.least, cost), 0)
      return place
    }
  }

  /// The next policy that is not known; nil when patience ends before there is one.
  private func proposal(
    from place: Place, _ program: PrecisionProgram, isKnown: (Policy) -> Bool
  ) throws(SearchLog.End) -> Proposal? {
    var place = place
    for _ in 0..<Self.misses {
      let variation = place.center.varied(by: Variation.sigma, using: &place.generator)
      if let policy = try policy(program, costing: place.least * (1 - place.step), variation),
        !isKnown(policy)
      {
        return Proposal(variation: variation, policy: policy, place: place)
      }
    }
    return nil
  }

  /// Nil when nothing so cheap is within the budgets.
  private func policy(
    _ program: PrecisionProgram, costing cost: Double, _ variation: Variation? = nil
  ) throws(SearchLog.End) -> Policy? {
    do {
      return try program.solve(costing: cost) { variation?.factor(layer: $0, role: $1) ?? 1 }.policy
    } catch .infeasible {
      return nil
    } catch {
      throw SearchLog.End(error)
    }
  }
}
