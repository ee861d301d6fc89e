import ArgumentParser
import Core
import PrecisionSearch

/// `--accuracy-drop`: the least cost instead of the highest accuracy.
struct ObjectiveOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Minimise cost; this is the largest loss of validation accuracy against the float network, in percentage points.",
      valueName: "points"))
  var accuracyDrop: Double?

  @Option(
    help:
      "The cost that --accuracy-drop minimises, on the first target. (default: latency; weight_bytes with --quantizer kmeans)"
  )
  var minimize: Metric?

  func validate() throws {
    if let drop = accuracyDrop, !(0...100).contains(drop) {
      throw ValidationError("--accuracy-drop must be 0 to 100 percentage points, not \(drop).")
    }
    if let minimize, !BudgetOptions.metrics.contains(minimize) {
      throw ValidationError(
        "--minimize takes \(BudgetOptions.metrics.map(\.key).joined(separator: ", ")), not \(minimize.key).")
    }
    if minimize != nil, accuracyDrop == nil {
      throw ValidationError("--minimize needs --accuracy-drop, the accuracy that may be lost.")
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
