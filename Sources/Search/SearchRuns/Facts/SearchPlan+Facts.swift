import Evaluation
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
    var added: [(name: String, value: String)] = []
    if training.learnsClips { added.append(("pact", "true")) }
    if training.learnsSteps { added.append(("lsq", "true")) }
    if training.loss != .labels { added.append(("loss", training.loss.rawValue)) }
    if settings.sensitivitySource != .measured {
      added.append(("sensitivities", settings.sensitivitySource.rawValue))
    }
    if agent.overlapsUpdates { added.append(("overlap updates", "true")) }
    if agent.rewardLag != 1 { added.append(("reward lag", "\(agent.rewardLag)")) }
    if let contenders = settings.contenders { added.append(("contenders", "\(contenders)")) }
    if let rate = settings.earlyStopping { added.append(("early stopping", "\(rate)")) }
    return (options + added).map { StudyFacts.Fact(.search, $0.name, $0.value) }
  }
}
