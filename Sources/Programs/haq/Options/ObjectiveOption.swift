import ArgumentParser
import Core
import PrecisionSearch

/// `--accuracy-drop`: the least cost instead of the highest accuracy.
struct ObjectiveOption: ParsableArguments {
  /// What can be minimised.
  enum Cost: String, CaseIterable, ExpressibleByArgument {
    case latency
    case energy
    case weightBytes = "weight-bytes"
    case peakActivationBytes = "peak-activation-bytes"

    var metric: Metric {
      switch self {
      case .latency: .latency
      case .energy: .energy
      case .weightBytes: .weightBytes
      case .peakActivationBytes: .peakActivationBytes
      }
    }
  }

  @Option(
    help: ArgumentHelp(
      "Minimise cost: lose at most so many percentage points of validation accuracy against the float network.",
      valueName: "points"))
  var accuracyDrop: Double?

  @Option(
    help:
      "The cost that --accuracy-drop minimises, on the first target. (default: latency; weight-bytes with --quantizer kmeans)"
  )
  var minimize: Cost?

  func validate() throws {
    if let drop = accuracyDrop, !(0...100).contains(drop) {
      throw ValidationError("--accuracy-drop must be 0 to 100 percentage points, not \(drop).")
    }
    if minimize != nil, accuracyDrop == nil {
      throw ValidationError("--minimize needs --accuracy-drop, the accuracy that may be lost.")
    }
  }

  /// Throws `metricUnavailable` when the first target of `space` has no such cost.
  func objective(in space: SearchSpace) throws(PrecisionSearchError) -> Objective {
    guard let accuracyDrop else { return .accuracy }
    let metric = minimize?.metric ?? (space.hasFloatActivations ? .weightBytes : .latency)
    guard space.table.aggregates[metric] != nil else {
      throw .metricUnavailable(metric, available: Array(space.table.aggregates.keys))
    }
    return .cost(Resource(metric), drop: accuracyDrop / 100)
  }
}
