import Core
public import Evaluation

/// The stage after a search: its best policies measured for the comparison, and the one that is then the best.
///
/// Selection looks at the validation split only.
public struct FinalSelection: Hashable, Sendable, Codable {
  /// The policies measured so far, in their order.
  public internal(set) var measured: [MeasuredPolicy] = []

  public var best: MeasuredPolicy? { measured.best() }

  /// An evaluation failed; the policies measured before it are kept.
  public struct Failure: Error {
    public var cause: any Error
    public var partial: FinalSelection
  }

  /// Measures `leaders` anew on the validation split.
  ///
  /// - Throws: `Failure` with the policies so far, when the evaluator throws.
  public init(
    among leaders: [MeasuredPolicy], _ evaluator: any AccuracyEvaluator, _ measurement: FinalMeasurement,
    onMeasured: (MeasuredPolicy, FinalSelection) -> Void = { _, _ in }
  ) throws(Failure) {
    measurement.announce(leaders.map(\.policy), evaluator, .surely)
    for leader in leaders {
      do {
        let result = try measurement.validate(leader.policy, cost: leader.cost, evaluator)
        measured.append(result)
        onMeasured(result, self)
      } catch {
        throw Failure(cause: error, partial: self)
      }
    }
  }
}
