import Agents
public import Core
public import Evaluation
public import PrecisionSearch

extension SearchPlan {
  /// What the search may spend.
  ///
  /// - Parameter validationSamples: How many there are to measure on.
  public func options(validationSamples: Int) -> SearchOptions {
    SearchOptions(
      evaluations: settings.evaluations, seed: settings.seed,
      fineTuning: fineTuning(samples: settings.training.samples),
      samples: min(settings.searchSamples, validationSamples),
      kept: settings.contenders ?? settings.finalists,
      stoppingErrorRate: settings.earlyStopping)
  }

  /// The training of the policies that are compared at the end; nil compares as calibrated.
  public var finalFineTuning: FineTuning? { fineTuning(samples: settings.training.finalSamples) }

  private func fineTuning(samples: Int) -> FineTuning? {
    samples > 0
      ? FineTuning(
        samples: samples, learningRate: settings.training.rate, seed: settings.seed,
        activationClips: settings.training.clips,
        loss: settings.training.loss.asked)
      : nil
  }

  /// The method, for an objective.
  ///
  /// - Parameter demonstrations: What the agent of `ddpg` is shown first.
  public func searchMethod(for objective: Objective, demonstrations: [Policy]) -> any SearchMethod {
    let (samples, source) = (settings.sensitivitySamples, settings.sensitivitySource)
    switch settings.method {
    case .auto:
      return objective == .accuracy
        ? AutomaticSearch(sensitivitySamples: samples, from: source)
        : CheapestSearch(sensitivitySamples: samples, from: source)
    case .ilp: return IntegerProgramSearch(sensitivitySamples: samples, from: source)
    case .greedy: return GreedySearch(sensitivitySamples: samples, from: source)
    case .evolution: return EvolutionSearch(population: settings.population)
    case .random: return RandomSearch()
    case .rule: return RuleSearch()
    case .uniform: return UniformSearch()
    case .ddpg:
      return AgentSearch(
        agent: agentOptions, demonstrations: demonstrations,
        updates: settings.agent.overlapsUpdates ? .overlapped : .immediate,
        rewardLag: settings.agent.rewardLag)
    }
  }

  private var agentOptions: DDPGOptions {
    var options = DDPGOptions()
    let agent = settings.agent
    (options.hidden1, options.hidden2) = (agent.hidden.first, agent.hidden.second)
    (options.warmUpEpisodes, options.sigmaDecay) = (agent.warmUp, agent.sigmaDecay)
    return options
  }
}
