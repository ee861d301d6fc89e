public import ArgumentParser
import Diagnostics
import Foundation
public import SearchRuns

/// How a search finds policies, and what it spends.
struct SearchMethodOptions: ParsableArguments {
  @Option(
    help: """
      auto: measure sensitivities, solve exactly, look around the solution. ilp: measure and solve. greedy: measure, then \
      lower bits one by one. evolution: NSGA-II, a Pareto front in one run. ddpg: the agent of HAQ. random, rule \
      (first and last layer 8 bit, the rest equal), uniform: to compare with.
      """)
  var method = SearchSettings.Method.auto

  @Option(
    help: "Policies that may be measured; sensitivity measurements count by their images.")
  var evaluations = 100

  @Option(help: "Fixes every random choice.")
  var seed: UInt64 = 1

  @Option(help: "Validation samples that measure each policy.")
  var searchSamples = 2000

  @Option(
    help:
      "Validation samples of each sensitivity measurement. (default: what half of the evaluations allow, 16 to 256)"
  )
  var sensitivitySamples: Int?

  @Option(
    help: "Training samples that fine-tune each policy before it is measured; 0 measures as calibrated.")
  var finetuneSamples = 0

  @Option(help: "Training samples that fine-tune the policies compared at the end; 0 compares as calibrated.")
  var finalFinetuneSamples = 12_800

  @Option(help: "Peak learning rate of fine-tuning.")
  var finetuneRate = 0.003

  @Flag(
    help: """
      Fine-tune with PACT: the clip of each layer's activations is learned with the weights (Choi et al., 2018). The \
      report then has PACT at uniform 4, 5, 6 and 8 bit, too.
      """)
  var pact = false

  @Option(help: "How many of the best policies are fine-tuned at the end.")
  var finalists = 5

  @Option(
    help: ArgumentHelp(
      """
      Stop measuring a policy of auto or random once it stays below those kept: 0 when that is certain, or the \
      probability of giving one up that would have been kept, such as 0.01. (default: measure all samples)
      """, valueName: "rate"))
  var earlyStopping: Double?

  @Option(help: "Hidden units of the ddpg agent's two layers, such as 300,300.", transform: hiddenUnits)
  var hidden = SearchSettings.Hidden(first: 300, second: 300)

  @Option(help: "Episodes of random actions before the ddpg agent decides.")
  var warmUp = 20

  @Option(
    help: "The factor on the ddpg agent's exploration after each episode; the paper's suits 600 episodes.")
  var sigmaDecay = 0.99

  @Flag(
    help: """
      Let the ddpg agent learn of a policy while the next one is measured, which hides its time; policies are then chosen \
      by what was learned up to the one before.
      """)
  var overlapUpdates = false

  @Flag(help: "Search the first and the last layer too, instead of holding them at 8 bit.")
  var searchEnds = false

  @Flag(help: "Show the ddpg agent the uniform policies within the budgets first.")
  var demonstrateUniform = false

  @Option(
    help: ArgumentHelp(
      "Show the ddpg agent this policy first (haq.policy/1), such as another method's.", valueName: "file"))
  var warmStart: String?

  @Option(
    help:
      "Policies of a generation of evolution. (default: twice the square root of the evaluations, 8 to 40)")
  var population: Int?

  private static func hiddenUnits(_ text: String) throws -> SearchSettings.Hidden {
    let parts = text.split(separator: ",").map { Int($0) ?? 0 }
    guard parts.count == 2, parts.allSatisfy({ (1...4096).contains($0) }) else {
      throw ValidationError("\"\(text)\" is not two layer sizes of 1 to 4096, such as 300,300.")
    }
    return SearchSettings.Hidden(first: parts[0], second: parts[1])
  }

  func validate() throws {
    // The file is read later: a command line is right or wrong without it.
    let warmStart = warmStart.map { WarmStart(file: $0, bytes: Data()) }
    do {
      _ = try SearchPlan(settings(warmStart))
    } catch {
      throw ValidationError(error.text { "--\($0.rawValue)" })
    }
  }

  /// The plan; throws a `Diagnostic` when the file of a warm start cannot be read.
  func plan() throws -> SearchPlan {
    try SearchPlan(settings(try warmStart.map { WarmStart(file: $0, bytes: try InputFile.read($0)) }))
  }

  private func settings(_ warmStart: WarmStart?) -> SearchSettings {
    var settings = SearchSettings()
    (settings.method, settings.evaluations, settings.seed) = (method, evaluations, seed)
    (settings.searchSamples, settings.sensitivitySamples) = (searchSamples, sensitivitySamples)
    (settings.finalists, settings.earlyStopping) = (finalists, earlyStopping)
    (settings.training.samples, settings.training.finalSamples) = (finetuneSamples, finalFinetuneSamples)
    (settings.training.rate, settings.training.learnsClips) = (finetuneRate, pact)
    (settings.population, settings.searchesEnds) = (population, searchEnds)
    (settings.agent.hidden, settings.agent.warmUp) = (hidden, warmUp)
    (settings.agent.sigmaDecay, settings.agent.overlapsUpdates) = (sigmaDecay, overlapUpdates)
    (settings.agent.demonstratesUniform, settings.agent.warmStart) = (demonstrateUniform, warmStart)
    return settings
  }
}

extension SearchSettings.Method: ExpressibleByArgument {}
