import PrecisionSearch
import Studies

extension SearchPlan {
  /// Every setting, under the name that studies keep it under.
  var facts: [StudyFacts.Fact] {
    let (training, agent) = (settings.training, settings.agent)
    let options: [(name: String, value: String)] = [
      ("method", settings.method.rawValue), ("evaluations", "\(settings.evaluations)"),
      ("seed", "\(settings.seed)"), ("search samples", "\(settings.searchSamples)"),
      ("sensitivity samples", settings.sensitivitySamples.map(String.init) ?? "automatic"),
      ("finetune samples", "\(training.samples)"), ("final finetune samples", "\(training.finalSamples)"),
      ("finetune rate", "\(training.rate)"), ("finalists", "\(settings.finalists)"),
      ("hidden", "\(agent.hidden.first),\(agent.hidden.second)"), ("warm-up", "\(agent.warmUp)"),
      ("sigma decay", "\(agent.sigmaDecay)"), ("search ends", "\(settings.searchesEnds)"),
      ("demonstrate uniform", "\(agent.demonstratesUniform)"),
      ("warm start SHA-256", agent.warmStart?.sha256 ?? "none"),
      ("population", settings.population.map(String.init) ?? "automatic"),
    ]
    // What is not the default only, so that older studies can be carried on.
    let added: [(name: String, value: String)] =
      (training.learnsClips ? [("pact", "true")] : [])
      + (settings.sensitivitySource == .measured
        ? [] : [("sensitivities", settings.sensitivitySource.rawValue)])
      + (agent.overlapsUpdates ? [("overlap updates", "true")] : [])
      + (agent.rewardLag == 1 ? [] : [("reward lag", "\(agent.rewardLag)")])
      + (settings.contenders.map { [("contenders", "\($0)")] } ?? [])
      + (settings.earlyStopping.map { [("early stopping", "\($0)")] } ?? [])
    return (options + added).map { StudyFacts.Fact(.search, $0.name, $0.value) }
  }
}
