public import Core
public import Evaluation

/// The baseline of a search for size: one width for all convolutions and one for all fully connected layers.
///
/// Source: Han, Mao, Dally, "Deep Compression", ICLR 2016, section 3; HAQ compares with it in section 4.4. No layer is held
/// at the reference.
public struct DeepCompression: Sendable {
  /// The two widths, and the policy that they mean.
  public struct Candidate: Hashable, Sendable {
    public var convolutions: BitWidth
    public var fullyConnected: BitWidth
    public var policy: Policy
    /// Of the problem's resource, in its SI unit.
    public var cost: Double
  }

  /// A measured candidate.
  public struct Entry: Hashable, Sendable {
    public var candidate: Candidate
    public var measured: MeasuredPolicy
  }

  /// The pairs within the budgets of which no other such pair has both widths at least as large, ascending.
  public let candidates: [Candidate]

  public init(_ problem: SearchProblem) throws(NetworkCostFailure) {
    let (space, network) = (problem.space, problem.space.table.network)
    let widths = Set(space.pairs.map(\.weight)).sorted()
    var admitted: [Candidate] = []
    for convolutions in widths {
      for connected in widths {
        let policy = Policy(
          network.layers.map {
            Precision(
              weight: $0.kind == .fullyConnected ? connected : convolutions,
              activation: space.reference.activation)
          })
        guard try problem.budgets.admits(policy, in: space) else { continue }
        admitted.append(
          Candidate(
            convolutions: convolutions, fullyConnected: connected, policy: policy,
            cost: try problem.cost(of: policy)))
      }
    }
    let all = admitted
    candidates = all.filter { one in
      !all.contains {
        $0 != one && $0.convolutions.covers(one.convolutions)
          && $0.fullyConnected.covers(one.fullyConnected)
      }
    }
  }

  /// Measures every candidate on the validation split; in their order.
  public func run(
    _ evaluator: any AccuracyEvaluator, _ measurement: FinalMeasurement, onEntry: (Entry) -> Void = { _ in }
  ) throws -> [Entry] {
    measurement.announce(candidates.map(\.policy), evaluator, .surely)
    return try candidates.map { candidate in
      let measured = try measurement.validate(candidate.policy, cost: candidate.cost, evaluator)
      let entry = Entry(candidate: candidate, measured: measured)
      onEntry(entry)
      return entry
    }
  }
}
