import ArgumentParser
import Core

/// `--metric`: one of the costs that targets state.
struct MetricOption: ParsableArguments {
  @Option(
    name: .customLong("metric"),
    help: ArgumentHelp(
      "Metric to use: latency, energy, weight_bytes, traffic_bytes or buffer_bytes. (default: latency)",
      valueName: "metric"),
    completion: .list(Metric.ofTargets.map(\.key)),
    transform: { try metric($0, among: Metric.ofTargets) })
  var given: Metric?

  var metric: Metric { given ?? .latency }

  /// Reads a metric as specs spell it; throws a `ValidationError` for another word.
  static func metric(_ text: String, among metrics: [Metric]) throws -> Metric {
    guard let metric = metrics.first(where: { $0.key == text }) else {
      throw ValidationError("\"\(text)\" is not one of \(metrics.map(\.key).joined(separator: ", ")).")
    }
    return metric
  }
}
