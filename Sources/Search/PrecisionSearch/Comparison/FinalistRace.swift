public import Evaluation

/// A race of a search's best policies for the places of the finalists, on the whole validation split.
///
/// A search measures on few images, so that the last finalist and what is just behind it often differ by chance alone.
/// Here those that are tied with it are measured on all images. The first ones set a bar, below which the evaluator may
/// give up the others. The test split is not looked at.
public struct FinalistRace: Sendable {
  /// For each challenger, the probability of giving up one that reaches the bar.
  public static let errorRate = 0.01
  /// Standard errors by which a policy may be behind the last place and still race for it.
  private static let margin = 2.0

  /// How many finalists there are to be.
  public let places: Int
  /// Best first by the search: those that have places, then those that are tied with the last of these.
  public let contenders: [MeasuredPolicy]
  private let fineTuning: FineTuning?

  /// - Parameters:
  ///   - leaders: The most accurate policies of a search, best first.
  ///   - fineTuning: That with which the search measured them.
  public init(_ leaders: [MeasuredPolicy], places: Int, fineTuning: FineTuning?) {
    let holders = leaders.prefix(places)
    let challengers = leaders.dropFirst(places).filter { challenger in
      guard let last = holders.last?.result.figures, let figures = challenger.result.figures else {
        return false
      }
      return last.accuracy - figures.accuracy <= Self.margin * last.standardError(less: figures)
    }
    self.places = places
    contenders = Array(holders) + challengers
    self.fineTuning = fineTuning
  }

  /// How many measurements `run` takes.
  public var plannedCount: Int { contenders.count > places ? contenders.count : 0 }

  /// What a race decided.
  public struct Outcome: Hashable, Sendable {
    /// On all samples, best first; fewer than the places where the evaluator failed on policies.
    public var finalists: [MeasuredPolicy]
    /// Policies that raced, holders of places included.
    public var contenderCount: Int
    /// Those that the evaluator gave up before it had measured all samples.
    public var stoppedCount: Int
    /// Finalists that had no place by the search.
    public var promotedCount: Int
    /// Contenders without a place whose distance to the last finalist is at most one paired standard error on all
    /// samples; nil when the evaluator does not say which samples are right.
    public var tiedCount: Int?
    /// In the whole split; 0 when nothing was measured.
    public var samples: Int
  }

  /// Measures the contenders; where nobody challenges the places, nothing.
  ///
  /// - Parameter onMeasured: Called after each contender.
  /// - Throws: What the evaluator throws.
  public func run(_ evaluator: any AccuracyEvaluator, onMeasured: () -> Void = {}) throws -> Outcome {
    let (holders, challengers) = (contenders.prefix(places), contenders.dropFirst(places))
    guard !challengers.isEmpty else {
      return Outcome(
        finalists: Array(holders), contenderCount: holders.count, stoppedCount: 0, promotedCount: 0,
        tiedCount: nil, samples: 0)
    }
    func measure(_ policies: ArraySlice<MeasuredPolicy>, _ bar: AccuracyBar?) throws -> [MeasuredPolicy] {
      let requests = policies.map { request($0, bar) }
      evaluator.expect(requests, .surely)
      return try zip(policies, requests).map { policy, request in
        let result = try evaluator.evaluate(request)
        onMeasured()
        return MeasuredPolicy(policy: policy.policy, cost: policy.cost, result: result)
      }
    }
    let first = try measure(holders, nil)
    // A holder on which the evaluator failed leaves a place to any challenger.
    let accuracies = first.compactMap(\.result.figures?.accuracy)
    let bar =
      accuracies.count == places
      ? accuracies.min().map { AccuracyBar(accuracy: $0, errorRate: Self.errorRate) } : nil
    return outcome(first + (try measure(challengers, bar)))
  }

  private func request(_ contender: MeasuredPolicy, _ bar: AccuracyBar?) -> EvaluationRequest {
    EvaluationRequest(
      policy: contender.policy, fineTuning: fineTuning, bar: bar, extras: [.correctSamples])
  }

  private func outcome(_ measured: [MeasuredPolicy]) -> Outcome {
    let whole = measured.filter { if case .measured = $0.result { true } else { false } }
      .sorted { $0.isBetter(than: $1) }
    let finalists = Array(whole.prefix(places))
    let stopped = measured.count { if case .stopped = $0.result { true } else { false } }
    let holders = contenders.prefix(places).map(\.policy)
    let differences = whole.dropFirst(places).map { other in
      finalists.last?.result.figures.flatMap { last in
        other.result.figures.flatMap { PairedDifference($0, less: last) }
      }
    }
    return Outcome(
      finalists: finalists, contenderCount: contenders.count, stoppedCount: stopped,
      promotedCount: finalists.count { !holders.contains($0.policy) },
      tiedCount: differences.contains(nil)
        ? nil : differences.compactMap(\.self).count { -$0.difference <= $0.standardError },
      samples: whole.first?.result.figures?.samples ?? 0)
  }
}

extension EvaluationResult.Figures {
  /// Of the difference of two accuracies, as if they were of different samples: too large for equal ones, never too small.
  fileprivate func standardError(less other: Self) -> Double {
    func variance(_ figures: Self) -> Double {
      figures.accuracy * (1 - figures.accuracy) / Double(max(figures.samples, 1))
    }
    return (variance(self) + variance(other)).squareRoot()
  }
}
