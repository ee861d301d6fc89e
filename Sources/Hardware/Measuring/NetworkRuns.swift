public import Core
public import CostPrograms
import RandomNumbers

/// A measurement of whole networks under policies, in rounds: every run has a turn before any has its next, in another order
/// each time, so that drift of the machine does not look like a policy.
public struct NetworkRuns: Sendable {
  public var runs: [Run]
  public var seed: UInt64
  /// Relative standard error of a latency to reach.
  public var precision: Double
  /// The most answers that a run gets.
  public var mostTakes: Int

  /// An exported network.
  public struct Run: Hashable, Sendable {
    public var network: Network
    public var policy: Policy
    /// Absolute.
    public var path: String
    /// Of its bytes.
    public var sha256: String

    public init(network: Network, policy: Policy, path: String, sha256: String) {
      self.network = network
      self.policy = policy
      self.path = path
      self.sha256 = sha256
    }
  }

  /// Each run is measured at least this often, so that rounds can be compared.
  private static let leastTakes = 2

  public init(_ runs: [Run], seed: UInt64, precision: Double, mostTakes: Int) {
    self.runs = runs
    self.seed = seed
    self.precision = precision
    self.mostTakes = mostTakes
  }

  /// All answers about a run, and their pool.
  public struct Measured: Hashable, Sendable {
    public var answers: [CostAnswer]

    public var pooled: PooledAnswer? { PooledAnswer(answers) }
    public var latency: Double? { pooled?.latency }
    /// How far the answers of different rounds are apart: (greatest - least) / median.
    public var range: Double? {
      let latencies = answers.compactMap { PooledAnswer([$0])?.latency }.sorted()
      guard latencies.count > 1, let least = latencies.first, let most = latencies.last, let latency,
        latency > 0
      else { return nil }
      return (most - least) / latency
    }
  }

  /// Asks what is not recorded, and gives what is known of each run, in their order.
  ///
  /// - Parameter onAnswer: Called before each question with the round, what is done of it and its size; what it throws ends
  ///   the work, and what was answered is recorded.
  ///
  /// Throws `CostProgramError`; `noNetwork` for a network that cannot run.
  public func measure(
    asking model: AnsweredProgram, onAnswer: (_ round: Int, _ done: Int, _ total: Int) throws -> Void
  ) throws -> [Measured] {
    var measured = runs.map { _ in Measured(answers: []) }
    var random = RandomSource(seed: seed)
    for round in 1...max(Self.leastTakes, mostTakes) {
      let open = runs.indices.filter { isOpen(measured[$0], round) }.shuffled(using: &random)
      if open.isEmpty { break }
      for (done, index) in open.enumerated() {
        try onAnswer(round, done, open.count)
        let run = runs[index]
        let recorded = try model.answer(
          ofExported: run.network, under: run.policy, path: run.path, sha256: run.sha256,
          occasion: round == 1 ? .first : .again(round))
        if case .unsupported(let reason) = recorded.answer.outcome {
          throw CostProgramError.noNetwork(command: model.description.program, reason: reason)
        }
        measured[index].answers.append(recorded.answer)
      }
    }
    return measured
  }

  private func isOpen(_ measured: Measured, _ round: Int) -> Bool {
    guard round > Self.leastTakes else { return true }
    return measured.pooled?.relativeError.map { $0 > precision } ?? false
  }
}
