import ArgumentParser
import SearchRuns

/// The actor-critic of `--method ddpg`.
struct AgentOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Hidden units of the agent's two layers, 1 to 4096 each. (default: 300,300)", valueName: "n,n"),
    transform: hiddenUnits)
  var hidden = SearchSettings.Hidden(first: 300, second: 300)

  @Option(help: ArgumentHelp("Episodes with random actions before the agent decides.", valueName: "episodes"))
  var warmUp = 20

  @Option(
    help: ArgumentHelp(
      "Factor on the agent's exploration noise after each episode; HAQ's own value suits 600 episodes.",
      valueName: "factor"))
  var sigmaDecay = 0.99

  @Flag(
    help: """
      Train the agent while the evaluator measures the next policy: faster, but each policy is chosen without the \
      result of the policy before it.
      """)
  var overlapUpdates = false

  @Option(
    help: ArgumentHelp(
      """
      Let the agent choose each policy with the results of all before it but the last n - 1, so that n evaluators \
      (--workers) measure at once. The policies found depend on n, and not on the evaluators.
      """, valueName: "n"))
  var rewardLag = 1

  @Flag(help: "Show the agent the uniform policies within the budgets first.")
  var demonstrateUniform = false

  @Option(
    help: ArgumentHelp(
      "Show the agent the policy in this file (haq.policy/1) first, such as the result of another method.",
      valueName: "file"))
  var warmStart: String?

  private static func hiddenUnits(_ text: String) throws -> SearchSettings.Hidden {
    let parts = text.split(separator: ",").map { Int($0) ?? 0 }
    guard parts.count == 2, parts.allSatisfy({ (1...4096).contains($0) }) else {
      throw ValidationError("\"\(text)\" is not two layer sizes of 1 to 4096, such as 300,300.")
    }
    return SearchSettings.Hidden(first: parts[0], second: parts[1])
  }
}
