import ArgumentParser
import Core
import PrecisionSearch

/// The hard limits of a search: each a fraction of uniform 8 bit, or a quantity with its unit.
struct BudgetOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Latency limit: a fraction of uniform 8 bit, such as 0.6x, or a time in s, ms or us, such as 57.7ms.",
      valueName: "limit"), transform: { try limit($0, of: .latency) })
  var latency: BudgetRequest.Amount?

  @Option(
    help: ArgumentHelp(
      "Energy limit: a fraction of uniform 8 bit, such as 0.6x, or an energy in J, mJ, uJ or nJ, such as 1.2mJ.",
      valueName: "limit"),
    transform: { try limit($0, of: .energy) })
  var energy: BudgetRequest.Amount?

  @Option(
    help: ArgumentHelp(
      "Weight memory limit: a fraction of uniform 8 bit, such as 0.5x, or a size in B, kB, MB, KiB or MiB, such as 1.5MB.",
      valueName: "limit"), transform: { try limit($0, of: .weightBytes) })
  var weightBytes: BudgetRequest.Amount?

  @Option(
    help: ArgumentHelp(
      "Limit on the peak memory of activations, for the whole batch: a fraction of uniform 8 bit, such as 0.5x, or a "
        + "size, such as 300kB.", valueName: "limit"), transform: { try limit($0, of: .peakActivationBytes) })
  var peakActivationBytes: BudgetRequest.Amount?

  /// The metrics that a limit can be on.
  static let metrics: [Metric] = [.latency, .energy, .weightBytes, .peakActivationBytes]

  /// Every limit that was given, by metric.
  var limits: [(metric: Metric, amount: BudgetRequest.Amount)] {
    [
      (.latency, latency), (.energy, energy), (.weightBytes, weightBytes),
      (.peakActivationBytes, peakActivationBytes),
    ].compactMap { metric, amount in amount.map { (metric, $0) } }
  }

  /// The limits on each of `targetCount` targets.
  func requests(targetCount: Int) -> [BudgetRequest] {
    (0..<targetCount).flatMap { target in limits.map { BudgetRequest($0.metric, $0.amount, target: target) } }
  }

  private struct Unit {
    var name: String
    var scale: Double
  }

  private static func units(of metric: Metric) -> (all: [Unit], example: String) {
    func units(_ pairs: KeyValuePairs<String, Double>) -> [Unit] { pairs.map { Unit(name: $0, scale: $1) } }
    switch metric {
    case .latency: return (units(["ms": 1e-3, "us": 1e-6, "µs": 1e-6, "s": 1]), "a time such as 57.7ms")
    case .energy:
      return (units(["mJ": 1e-3, "uJ": 1e-6, "µJ": 1e-6, "nJ": 1e-9, "J": 1]), "an energy such as 1.2mJ")
    case .weightBytes, .trafficBytes, .bufferBytes, .peakActivationBytes:
      return (
        units(["MiB": 1_048_576, "KiB": 1024, "MB": 1e6, "kB": 1e3, "B": 1]), "a size such as 1.5MB"
      )
    }
  }

  /// Reads `0.6x` or a quantity of `metric` with its unit.
  static func limit(_ text: String, of metric: Metric) throws -> BudgetRequest.Amount {
    if text.hasSuffix("x"), let share = positive(text.dropLast()) { return .relative(share) }
    let units = units(of: metric)
    for unit in units.all where text.hasSuffix(unit.name) {
      if let value = positive(text.dropLast(unit.name.count)) { return .absolute(value * unit.scale) }
    }
    throw ValidationError(
      "\"\(text)\" is not a \(metric.title) budget; write a fraction of uniform 8 bit such as 0.6x, "
        + "or \(units.example).")
  }

  private static func positive(_ text: some StringProtocol) -> Double? {
    Double(text).flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
  }
}
