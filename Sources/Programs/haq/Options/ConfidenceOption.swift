import ArgumentParser
import Core
import Diagnostics
import Targets
import Terminal

/// `--confidence`, for commands that hold a budget.
struct ConfidenceOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Probability with which latency budgets hold, 0.5 to 0.999, for targets that say how sure they are. Latencies are then "
        + "raised to those that hold with it (docs/predictor.md). (default: costs as the target states them)",
      valueName: "p"))
  var confidence: Double?

  func validate() throws {
    guard (0.5...0.999).contains(confidence ?? 0.5) else {
      throw ValidationError("--confidence must be 0.5 to 0.999, not \(confidence ?? 0).")
    }
  }

  /// The table with latencies that hold with the probability; itself without the option.
  func applied(to table: CostTable) throws -> CostTable {
    guard let confidence else { return table }
    guard let raised = table.holding(withProbability: confidence) else {
      throw Diagnostic(
        table.statesDeviations
          ? "latencies of target \"\(table.provenance.name)\" are no sums of those of layers, so that no confidence follows"
          : "target \"\(table.provenance.name)\" does not say how sure its latencies are",
        hint: "Leave out --confidence, or use a target that haq fit has made.")
    }
    Messages.note(
      "latencies on \(table.provenance.name) are raised so that a sum of them holds with a probability of "
        + "\(Quantity.percent(confidence)); a budget such as 0.6x is a share of the raised latency of uniform 8 bit"
    )
    return raised
  }
}
