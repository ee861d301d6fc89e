import ArgumentParser
import PrecisionSearch

/// `--latency`: a share of uniform 8 bit, or a time with its unit.
struct LatencyOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The budget: a share of uniform 8 bit, such as 0.6x, or a time, such as 57.7ms (also s, us).",
      valueName: "limit"),
    transform: limit)
  var latency: Budget.Limit

  private static let seconds: [(unit: String, scale: Double)] = [
    ("ms", 1e-3), ("us", 1e-6), ("µs", 1e-6), ("s", 1),
  ]

  private static func limit(_ text: String) throws -> Budget.Limit {
    if text.hasSuffix("x"), let share = positive(text.dropLast()) { return .relative(share) }
    for (unit, scale) in seconds where text.hasSuffix(unit) {
      if let value = positive(text.dropLast(unit.count)) { return .absolute(value * scale) }
    }
    throw ValidationError(
      "\"\(text)\" is not a latency budget; write a share of uniform 8 bit such as 0.6x, or a time such as 57.7ms."
    )
  }

  private static func positive(_ text: some StringProtocol) -> Double? {
    Double(text).flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
  }
}
