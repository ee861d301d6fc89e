public import Core
public import Evaluation

/// The baseline that a search must beat: one weight and one activation width for all layers that are not pinned.
public struct BestUniform: Sendable {
  /// A uniform precision worth measuring, and the policy that it means.
  public struct Candidate: Hashable, Sendable, Codable {
    public var precision: Precision
    public var policy: Policy
    /// Of the problem's resource, in its SI unit.
    public var cost: Double
  }

  /// A measured candidate.
  public struct Entry: Hashable, Sendable, Codable {
    public var precision: Precision
    public var measured: MeasuredPolicy

    public init(precision: Precision, measured: MeasuredPolicy) {
      self.precision = precision
      self.measured = measured
    }
  }

  /// All candidates measured so far, and the best of them.
  public struct Result: Hashable, Sendable, Codable {
    public internal(set) var entries: [Entry] = []

    public var best: Entry? { entry(entries.map(\.measured).best()) }

    public func best(by preference: Preference) -> Entry? {
      entry(entries.map(\.measured).best(by: preference))
    }

    private func entry(_ measured: MeasuredPolicy?) -> Entry? { entries.first { $0.measured == measured } }
  }

  /// An evaluation failed; the candidates measured before it are kept.
  public struct Failure: Error {
    public var cause: any Error
    public var partial: Result
  }

  /// The pairs within the budgets of which no other such pair has both widths at least as large.
  ///
  /// Ascending by weight and then activation width.
  public let candidates: [Candidate]

  /// - Throws: `noUniformPolicy` when no pair is within the budgets and supported by every layer, `networkFailed` when
  ///   the target does not say what networks cost.
  public init(_ problem: SearchProblem) throws(PrecisionSearchError) {
    let admitted: [Candidate]
    do { admitted = try Self.admitted(by: problem) } catch { throw .networkFailed("\(error)") }
    candidates = admitted.filter { candidate in
      !admitted.contains { $0.precision.dominates(candidate.precision) }
    }
    if candidates.isEmpty { throw .noUniformPolicy }
  }

  /// Every pair within the budgets, ascending by weight and then activation width.
  public static func admitted(by problem: SearchProblem) throws(NetworkCostFailure) -> [Candidate] {
    let space = problem.space
    // Where all layers are held there is one policy, whatever the pair.
    let pairs = problem.layers.first.map { space.precisions(ofLayer: $0) } ?? [space.heldReference]
    var admitted: [Candidate] = []
    for pair in pairs {
      guard let policy = space.uniform(pair), try problem.budgets.admits(policy, in: space) else { continue }
      admitted.append(Candidate(precision: pair, policy: policy, cost: try problem.cost(of: policy)))
    }
    return admitted
  }

  /// Measures every candidate on the validation split.
  ///
  /// - Throws: `Failure` with the entries so far, when the evaluator throws.
  public func run(
    _ evaluator: any AccuracyEvaluator, _ measurement: FinalMeasurement,
    onEntry: (Entry, Result) -> Void = { _, _ in }
  ) throws(Failure) -> Result {
    var result = Result()
    measurement.announce(candidates.map(\.policy), evaluator, .surely)
    for candidate in candidates {
      do {
        let measured = try measurement.validate(candidate.policy, cost: candidate.cost, evaluator)
        let entry = Entry(precision: candidate.precision, measured: measured)
        result.entries.append(entry)
        onEntry(entry, result)
      } catch {
        throw Failure(cause: error, partial: result)
      }
    }
    return result
  }
}

extension Precision {
  /// Whether this is another pair that covers both formats.
  fileprivate func dominates(_ other: Precision) -> Bool { self != other && covers(other) }
}
