import ArgumentParser
import Core
import PrecisionSearch

/// `--accuracy-drop`: the least cost instead of the highest accuracy.
struct ObjectiveOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Minimize cost instead, and lose at most this much validation accuracy against the float baseline, in percentage points, 0 to 100.",
      valueName: "points"))
  var accuracyDrop: Double?

  @Option(
    help: ArgumentHelp(
      "Metric that --accuracy-drop minimizes, on the first target: latency, energy, weight_bytes or "
        + "peak_activation_bytes. (default: latency; weight_bytes with --quantizer kmeans)",
      valueName: "metric"),
    completion: .list(BudgetOptions.metrics.map(\.key)),
    transform: { try MetricOption.metric($0, among: BudgetOptions.metrics) })
  var minimize: Metric?

  func validate() throws {
    if let drop = accuracyDrop, !(0...100).contains(drop) {
      throw ValidationError("--accuracy-drop must be 0 to 100 percentage points, not \(drop).")
    }
    if minimize != nil, accuracyDrop == nil {
      throw ValidationError("--minimize needs --accuracy-drop, the largest acceptable loss of accuracy.")
    }
  }

  /// Throws `metricUnavailable` when the first target of `space` has no such cost.
  func objective(in space: SearchSpace) throws(PrecisionSearchError) -> Objective {
    guard let accuracyDrop else { return .accuracy }
    let metric = minimize ?? (space.hasFloatActivations ? .weightBytes : .latency)
    guard space.table.aggregates[metric] != nil else {
      throw .metricUnavailable(metric, available: Array(space.table.aggregates.keys))
    }
    return .cost(Resource(metric), drop: accuracyDrop / 100)
  }
}
