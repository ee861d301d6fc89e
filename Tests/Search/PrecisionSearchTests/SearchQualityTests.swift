import Agents
import Core
import Evaluation
import PrecisionSearch
import Testing

@Suite("Against a made-up network whose best policy is known") struct SearchQualityTests {
  private static func best(
    _ problem: SearchProblem, _ method: any SearchMethod, evaluations: Int
  ) throws -> Double {
    try Search(problem, method: method, options: SearchOptions(evaluations: evaluations, seed: 1))
      .run(MadeUpNetwork.evaluator()).best!.accuracy
  }

  private static var agent: AgentSearch {
    var agent = DDPGOptions()
    (agent.hidden1, agent.hidden2, agent.batch) = (32, 32, 32)
    return AgentSearch(agent: agent)
  }

  @Test("shown the uniform policies, the agent improves on the best of them")
  func quality() throws {
    let problem = try MadeUpNetwork.problem()
    let uniform = try BestUniform(problem)
    var method = Self.agent
    method.demonstrations = uniform.candidates.map(\.policy)
    (method.agent.sigma, method.agent.sigmaDecay) = (0.25, 0.97)
    let searched = try Self.best(problem, method, evaluations: 200)
    let asCalibrated = FinalMeasurement(fineTuning: nil)
    let baseline = try uniform.run(MadeUpNetwork.evaluator(), asCalibrated).best!.measured.accuracy
    let optimum = MadeUpNetwork.optimum(problem)
    #expect(searched <= optimum)
    #expect(
      searched - baseline > 0.2 * (optimum - baseline), "\(baseline) < \(searched) < \(optimum)")
  }

  @Test("the paper's schedule is far better than as many random policies")
  func learning() throws {
    let problem = try MadeUpNetwork.problem()
    let searched = try Self.best(problem, Self.agent, evaluations: 150)
    let random = try Self.best(problem, RandomSearch(), evaluations: 150)
    let optimum = MadeUpNetwork.optimum(problem)
    #expect(searched - random > 0.3 * (optimum - random), "\(random) < \(searched) < \(optimum)")
  }

  @Test("where noise adds up, the integer program and what starts from it find the optimum")
  func exact() throws {
    let problem = try MadeUpNetwork.problem()
    let optimum = MadeUpNetwork.optimum(problem)
    for method: any SearchMethod in [IntegerProgramSearch(), AutomaticSearch()] {
      let found = try Self.best(problem, method, evaluations: 20)
      #expect(abs(found - optimum) < 1e-9, "\(method): \(found), optimum \(optimum)")
    }
  }

  @Test("taking bits greedily comes near the optimum, and not above it")
  func greedy() throws {
    let problem = try MadeUpNetwork.problem()
    let (found, optimum) = (
      try Self.best(problem, GreedySearch(), evaluations: 20), MadeUpNetwork.optimum(problem)
    )
    let random = try Self.best(problem, RandomSearch(), evaluations: 150)
    #expect(found <= optimum + 1e-12 && found - random > 0.8 * (optimum - random), "\(found) of \(optimum)")
  }
}
