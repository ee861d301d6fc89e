import ArgumentParser
import Core
import PrecisionSearch

/// The limits of a sweep: several on one metric, each as `haq search` takes one.
struct SweepOptions: ParsableArguments {
  /// Limits between commas.
  struct Limits {
    var amounts: [BudgetRequest.Amount]

    init(_ text: String, on metric: Metric) throws {
      amounts = try text.split(separator: ",").map { try BudgetOptions.limit(String($0), of: metric) }
      guard !amounts.isEmpty else { throw ValidationError("\"\(text)\" names no limit.") }
    }
  }

  @Option(
    help: ArgumentHelp(
      "Latency limits separated by commas: fractions of uniform 8 bit, such as 0.6x, or times, such as 57.7ms. "
        + "(default: 0.3x,0.4x,0.5x,0.6x,0.7x,0.8x)", valueName: "limits"),
    transform: { try Limits($0, on: .latency) })
  var latency: Limits?

  @Option(
    help: ArgumentHelp("Sweep energy limits instead, such as 0.5x,1.2mJ.", valueName: "limits"),
    transform: { try Limits($0, on: .energy) })
  var energy: Limits?

  @Option(
    help: ArgumentHelp("Sweep weight memory limits instead, such as 0.5x,1.5MB.", valueName: "limits"),
    transform: { try Limits($0, on: .weightBytes) })
  var weightBytes: Limits?

  @Option(
    help: ArgumentHelp(
      "Sweep limits on the peak memory of activations instead, such as 0.5x,300kB.", valueName: "limits"),
    transform: { try Limits($0, on: .peakActivationBytes) })
  var peakActivationBytes: Limits?

  private var given: [(metric: Metric, limits: Limits)] {
    [
      (.latency, latency), (.energy, energy), (.weightBytes, weightBytes),
      (.peakActivationBytes, peakActivationBytes),
    ].compactMap { metric, limits in limits.map { (metric, $0) } }
  }

  /// What is swept.
  var metric: Metric { given.first?.metric ?? .latency }

  /// A request for each limit.
  var requests: [BudgetRequest] {
    let amounts = given.first?.limits.amounts ?? [0.3, 0.4, 0.5, 0.6, 0.7, 0.8].map { .relative($0) }
    return amounts.map { BudgetRequest(metric, $0) }
  }

  func validate() throws {
    guard given.count <= 1 else {
      throw ValidationError(
        "a sweep has limits on one metric; give one of --latency, --energy, --weight-bytes, --peak-activation-bytes."
      )
    }
  }
}
