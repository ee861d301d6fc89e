import Agents
import ArgumentParser
import Core
import Evaluation
import PrecisionSearch

/// How a search finds policies, and what it spends.
struct SearchMethodOptions: ParsableArguments {
  /// The ways to search that a user can choose among.
  enum Method: String, CaseIterable, ExpressibleByArgument, Encodable {
    case auto
    case ilp
    case greedy
    case evolution
    case ddpg
    case random
    case rule
    case uniform
  }

  @Option(
    help: """
      auto: measure sensitivities, solve exactly, look around the solution. ilp: measure and solve. greedy: measure, then \
      lower bits one by one. evolution: NSGA-II, a Pareto front in one run. ddpg: the agent of HAQ. random, rule \
      (first and last layer 8 bit, the rest equal), uniform: to compare with.
      """)
  var method = Method.auto

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
  var hidden: HiddenUnits = HiddenUnits(first: 300, second: 300)

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

  /// Sizes of the agent's hidden layers.
  struct HiddenUnits {
    var first: Int
    var second: Int
  }

  private static func hiddenUnits(_ text: String) throws -> HiddenUnits {
    let parts = text.split(separator: ",").map { Int($0) ?? 0 }
    guard parts.count == 2, parts.allSatisfy({ (1...4096).contains($0) }) else {
      throw ValidationError("\"\(text)\" is not two layer sizes of 1 to 4096, such as 300,300.")
    }
    return HiddenUnits(first: parts[0], second: parts[1])
  }

  func validate() throws {
    guard evaluations > 0, finalists > 0, searchSamples > 0, warmUp >= 0, sensitivitySamples ?? 1 > 0 else {
      throw ValidationError(
        "--evaluations, --finalists, --search-samples and --sensitivity-samples must be at least 1, --warm-up at least 0."
      )
    }
    guard finetuneSamples >= 0, finalFinetuneSamples >= 0, finetuneRate > 0, finetuneRate.isFinite else {
      throw ValidationError("fine-tuning samples must not be negative, and --finetune-rate must be above 0.")
    }
    guard (0...1).contains(sigmaDecay) else { throw ValidationError("--sigma-decay must be within 0...1.") }
    guard population ?? 2 >= 2 else { throw ValidationError("--population must be at least 2.") }
    guard !pact || finetuneSamples > 0 || finalFinetuneSamples > 0 else {
      throw ValidationError("--pact is a way to fine-tune, and no fine-tuning is asked for.")
    }
    if let earlyStopping {
      guard (0..<1).contains(earlyStopping) else {
        throw ValidationError("--early-stopping must be at least 0 and below 1.")
      }
      guard method == .auto || method == .random else {
        throw ValidationError(
          "--early-stopping is for --method auto or random; \(method.rawValue) needs every accuracy itself.")
      }
    }
    try refuse(demonstrateUniform, "--demonstrate-uniform", unless: .ddpg)
    try refuse(overlapUpdates, "--overlap-updates", unless: .ddpg)
    try refuse(warmStart != nil, "--warm-start", unless: .ddpg)
    try refuse(population != nil, "--population", unless: .evolution)
  }

  private func refuse(_ isGiven: Bool, _ option: String, unless needed: Method) throws {
    if isGiven, method != needed {
      throw ValidationError("\(option) is for --method \(needed.rawValue), not \(method.rawValue).")
    }
  }
}

extension SearchMethodOptions {
  /// - Parameter validationSamples: How many there are to measure on.
  func searchOptions(validationSamples: Int) -> SearchOptions {
    SearchOptions(
      evaluations: evaluations, seed: seed, fineTuning: fineTuning(samples: finetuneSamples),
      samples: min(searchSamples, validationSamples), kept: finalists,
      stoppingErrorRate: earlyStopping)
  }

  func fineTuning(samples: Int) -> FineTuning? {
    samples > 0
      ? FineTuning(
        samples: samples, learningRate: finetuneRate, seed: seed, activationClips: pact ? .learned : nil)
      : nil
  }

  /// - Parameter demonstrations: What the ddpg agent is shown first.
  func searchMethod(for objective: Objective, demonstrations: [Policy]) -> any SearchMethod {
    switch method {
    case .auto:
      return objective == .accuracy
        ? AutomaticSearch(sensitivitySamples: sensitivitySamples)
        : CheapestSearch(sensitivitySamples: sensitivitySamples)
    case .ilp: return IntegerProgramSearch(sensitivitySamples: sensitivitySamples)
    case .greedy: return GreedySearch(sensitivitySamples: sensitivitySamples)
    case .evolution: return EvolutionSearch(population: population)
    case .random: return RandomSearch()
    case .rule: return RuleSearch()
    case .uniform: return UniformSearch()
    case .ddpg:
      var agent = DDPGOptions()
      (agent.hidden1, agent.hidden2) = (hidden.first, hidden.second)
      (agent.warmUpEpisodes, agent.sigmaDecay) = (warmUp, sigmaDecay)
      return AgentSearch(
        agent: agent, demonstrations: demonstrations, updates: overlapUpdates ? .overlapped : .immediate)
    }
  }
}
