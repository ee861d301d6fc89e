import Evaluation
import PrecisionSearch

/// Settings of a search that make sense together.
@dynamicMemberLookup
public struct SearchPlan: Hashable, Sendable {
  public let settings: SearchSettings

  public init(_ settings: SearchSettings) throws(SearchPlanProblem) {
    self.settings = settings
    try checkCounts()
    try checkTraining()
    try checkEarlyStopping()
    try checkMethod()
  }

  public subscript<Value>(dynamicMember setting: KeyPath<SearchSettings, Value>) -> Value {
    settings[keyPath: setting]
  }

  private func checkCounts() throws(SearchPlanProblem) {
    let counts: [(SearchSetting, value: Int, least: Int)] = [
      (.evaluations, settings.evaluations, 1), (.finalists, settings.finalists, 1),
      (.searchSamples, settings.searchSamples, 1),
      (.sensitivitySamples, settings.sensitivitySamples ?? 1, 1),
      (.warmUp, settings.agent.warmUp, 0), (.rewardLag, settings.agent.rewardLag, 1),
      (.population, settings.population ?? 2, 2),
      (.hidden, settings.agent.hidden.first, 1), (.hidden, settings.agent.hidden.second, 1),
      (.finetuneSamples, settings.training.samples, 0),
      (.finalFinetuneSamples, settings.training.finalSamples, 0),
    ]
    for (setting, value, least) in counts where value < least {
      throw .tooSmall(setting, least: least, value)
    }
    if let contenders = settings.contenders, contenders <= settings.finalists {
      throw .notAbove(.contenders, .finalists, settings.finalists)
    }
    guard (0...1).contains(settings.agent.sigmaDecay) else { throw .notAShare(.sigmaDecay) }
  }

  private func checkTraining() throws(SearchPlanProblem) {
    let training = settings.training
    guard training.rate > 0, training.rate.isFinite else { throw .notPositive(.finetuneRate) }
    guard !training.learnsClips || !training.learnsSteps else { throw .exclusive(.pact, .lsq) }
    guard training.samples == 0, training.finalSamples == 0 else { return }
    if training.learnsClips { throw .nothingToTrain(.pact) }
    if training.learnsSteps { throw .nothingToTrain(.lsq) }
    if training.loss != .labels { throw .nothingToTrain(.loss) }
  }

  private func checkEarlyStopping() throws(SearchPlanProblem) {
    guard let rate = settings.earlyStopping else { return }
    guard (0..<1).contains(rate) else { throw .notBelowOne(.earlyStopping) }
    try refuse(true, .earlyStopping, unless: [.auto, .random])
  }

  private func checkMethod() throws(SearchPlanProblem) {
    let agent = settings.agent
    try refuse(settings.sensitivitySource != .measured, .sensitivities, unless: [.auto, .ilp, .greedy])
    try refuse(agent.demonstratesUniform, .demonstrateUniform, unless: [.ddpg])
    try refuse(agent.overlapsUpdates, .overlapUpdates, unless: [.ddpg])
    try refuse(agent.rewardLag > 1, .rewardLag, unless: [.ddpg])
    try refuse(agent.warmStart != nil, .warmStart, unless: [.ddpg])
    try refuse(settings.population != nil, .population, unless: [.evolution])
    try checkRewardLag()
  }

  private func checkRewardLag() throws(SearchPlanProblem) {
    let agent = settings.agent
    guard agent.rewardLag > 1 else { return }
    guard !agent.overlapsUpdates else { throw .overlappedAndLagged }
    // Where the warm-up alone leaves nothing, the lag takes nothing away.
    let own = settings.evaluations - agent.warmUp
    guard own <= 0 || agent.rewardLag <= own else {
      throw .nothingToChoose(most: own)
    }
  }

  private func refuse(
    _ isStated: Bool, _ setting: SearchSetting, unless methods: [SearchSettings.Method]
  ) throws(SearchPlanProblem) {
    if isStated, !methods.contains(settings.method) {
      throw .otherMethod(setting, needs: methods, settings.method)
    }
  }
}
