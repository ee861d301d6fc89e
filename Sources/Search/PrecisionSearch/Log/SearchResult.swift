import Core
public import Evaluation

/// Everything that a search computed, complete or not.
public struct SearchResult: Hashable, Sendable, Codable {
  /// The unquantized network; nil when the search ended before it was measured.
  public internal(set) var reference: EvaluationResult.Figures?
  /// In order.
  public internal(set) var episodes: [Episode] = []
  /// Distinct policies among them on which the evaluator failed.
  public internal(set) var failedPolicyCount = 0
  public internal(set) var sensitivityMeasurements = SensitivityMeasurements()
  /// What these say; nil for methods that do not measure sensitivities.
  public internal(set) var sensitivity: Sensitivity?
  /// The best distinct policies, best first, at most as many as the options keep.
  public internal(set) var leaders: [MeasuredPolicy] = []
  public internal(set) var ending: Ending = .interrupted

  /// Sensitivity measurements of single layers, on fewer images than an evaluation.
  public struct SensitivityMeasurements: Hashable, Sendable, Codable {
    public internal(set) var count = 0
    /// Added over all of them; those of an estimate as often as it takes the time of a measurement.
    public internal(set) var images = 0
    /// Images of each.
    public internal(set) var samples = 0

    /// The number of evaluations of `searchSamples` images that would have taken as long; rounded up.
    public func evaluations(of imagesPerEvaluation: Int) -> Int {
      (images + imagesPerEvaluation - 1) / imagesPerEvaluation
    }
  }

  /// Why there are no more episodes.
  public enum Ending: String, Hashable, Sendable, Codable {
    /// All evaluations were spent, or the method had nothing more to propose.
    case completed
    /// The caller asked to stop.
    case stopped
    /// An evaluation failed.
    case interrupted
  }

  public var best: MeasuredPolicy? { leaders.first }

  /// What was spent: policies measured, and sensitivity measurements by their images.
  public var evaluations: Int {
    episodes.count + (reference.map { sensitivityMeasurements.evaluations(of: $0.samples) } ?? 0)
  }

  /// The policies to train and compare at the end: the leaders, and the exact solutions, which training may favour.
  ///
  /// - Parameter best: The leaders that are to be trained; nil takes all.
  public func finalists(_ best: [MeasuredPolicy]? = nil) -> [MeasuredPolicy] {
    let leaders = best ?? leaders
    let solutions = episodes.filter { $0.origin == .integerProgram && $0.measured.result.figures != nil }.map(
      \.measured)
    return leaders + solutions.filter { solution in !leaders.contains { $0.policy == solution.policy } }
  }

  mutating func keep(_ measured: MeasuredPolicy, atMost count: Int, by preference: Preference) {
    guard !leaders.contains(where: { $0.policy == measured.policy }) else { return }
    let place = leaders.firstIndex { preference.prefers(measured, to: $0) } ?? leaders.endIndex
    leaders.insert(measured, at: place)
    if leaders.count > count { leaders.removeLast() }
  }
}

/// An evaluation failed; nothing computed before it is lost.
public struct SearchFailure: Error {
  public var cause: any Error
  public var partial: SearchResult
}

extension SearchFailure: CustomStringConvertible {
  public var description: String {
    "the search ended after \(Quantity.counted(partial.episodes.count, "measured policy", "measured policies")), because an evaluation failed: \(cause)"
  }
}
