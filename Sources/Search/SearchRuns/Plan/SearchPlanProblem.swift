/// The name of a setting; the option of `haq search` has the same one.
public enum SearchSetting: String, Hashable, Sendable {
  case method
  case evaluations
  case finalists
  case contenders
  case searchSamples = "search-samples"
  case sensitivitySamples = "sensitivity-samples"
  case sensitivities
  case warmUp = "warm-up"
  case sigmaDecay = "sigma-decay"
  case hidden
  case population
  case finetuneSamples = "finetune-samples"
  case finalFinetuneSamples = "final-finetune-samples"
  case finetuneRate = "finetune-rate"
  case pact
  case lsq
  case loss
  case earlyStopping = "early-stopping"
  case demonstrateUniform = "demonstrate-uniform"
  case overlapUpdates = "overlap-updates"
  case rewardLag = "reward-lag"
  case warmStart = "warm-start"
}

/// Why settings are not a plan.
public enum SearchPlanProblem: Error, Hashable, Sendable {
  case tooSmall(SearchSetting, least: Int, Int)
  case notAShare(SearchSetting)
  case notBelowOne(SearchSetting)
  case notPositive(SearchSetting)
  /// The first must be above the second, which is so much.
  case notAbove(SearchSetting, SearchSetting, Int)
  /// A setting of fine-tuning without any.
  case nothingToTrain(SearchSetting)
  /// Two ranges to learn at once.
  case exclusive(SearchSetting, SearchSetting)
  /// Two ways of learning late.
  case overlappedAndLagged
  /// The agent would choose no policy by what it has learned; it would at this lag.
  case nothingToChoose(most: Int)
  /// The setting has a meaning for other methods only.
  case otherMethod(SearchSetting, needs: [SearchSettings.Method], SearchSettings.Method)
}

extension SearchPlanProblem: CustomStringConvertible {
  public var description: String { text(\.rawValue) }

  /// A sentence in which each setting has the name that `name` gives.
  public func text(_ name: (SearchSetting) -> String) -> String {
    switch self {
    case .tooSmall(let setting, let least, let value):
      "\(name(setting)) must be at least \(least), not \(value)."
    case .notAShare(let setting): "\(name(setting)) must be within 0...1."
    case .notBelowOne(let setting): "\(name(setting)) must be at least 0 and below 1."
    case .notPositive(let setting): "\(name(setting)) must be above 0."
    case .notAbove(let setting, let other, let value):
      "\(name(setting)) must be above \(name(other)), which is \(value)."
    case .nothingToTrain(let setting):
      "\(name(setting)) needs fine-tuning, and no samples are given to fine-tune on."
    case .exclusive(let one, let other):
      "\(name(one)) and \(name(other)) exclude each other; give one of them."
    case .overlappedAndLagged:
      "\(name(.overlapUpdates)) is a lag of 2 and cannot be combined with \(name(.rewardLag)); give one of them."
    case .nothingToChoose(let most):
      "\(name(.rewardLag)) must be at most \(most), the \(name(.evaluations)) without those of \(name(.warmUp)), for "
        + "the agent to choose any policy by what it has learned."
    case .otherMethod(.earlyStopping, _, let method):
      "\(name(.earlyStopping)) is for \(name(.method)) auto or random; \(method.rawValue) needs every accuracy itself."
    case .otherMethod(let setting, let methods, let method):
      "\(name(setting)) is for \(name(.method)) \(methods.map(\.rawValue).joined(separator: " or ")), not "
        + "\(method.rawValue)."
    }
  }
}
