extension WireEvaluation: Codable {
  private enum CodingKeys: String, CodingKey {
    case policy
    case fineTuning = "fine_tuning"
    case split
    case samples
    case stopBelow = "stop_below"
    case extras
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    policy = try container.decodeIfPresent([LayerBits].self, forKey: .policy)
    fineTuning = try container.decodeIfPresent(WireFineTuning.self, forKey: .fineTuning)?.value
    split = try container.decode(Split.self, forKey: .split)
    samples = try container.decodeIfPresent(Int.self, forKey: .samples)
    stopBelow = try container.decodeIfPresent(Bar.self, forKey: .stopBelow)
    extras = try container.decodeIfPresent([EvaluationRequest.Extra].self, forKey: .extras)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(policy, forKey: .policy)
    try container.encodeIfPresent(fineTuning.map(WireFineTuning.init), forKey: .fineTuning)
    try container.encode(split, forKey: .split)
    try container.encodeIfPresent(samples, forKey: .samples)
    try container.encodeIfPresent(stopBelow, forKey: .stopBelow)
    try container.encodeIfPresent(extras, forKey: .extras)
  }
}

/// A `FineTuning` under the names of messages.
///
/// Studies keep it under other names, in a text that is a part of the question by which they find an answer.
private struct WireFineTuning: Codable {
  var value: FineTuning

  private enum CodingKeys: String, CodingKey {
    case samples
    case learningRate = "learning_rate"
    case seed
    case activationClips = "activation_clips"
  }

  init(_ value: FineTuning) { self.value = value }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    value = FineTuning(
      samples: try container.decode(Int.self, forKey: .samples),
      learningRate: try container.decode(Double.self, forKey: .learningRate),
      seed: try container.decode(UInt64.self, forKey: .seed),
      activationClips: try container.decodeIfPresent(ActivationClips.self, forKey: .activationClips))
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(value.samples, forKey: .samples)
    try container.encode(value.learningRate, forKey: .learningRate)
    try container.encode(value.seed, forKey: .seed)
    try container.encodeIfPresent(value.activationClips, forKey: .activationClips)
  }
}

/// A `TrainingProgress` under the names of messages; checkpoints of fine-tuning keep it under other names.
struct WireProgress: Codable {
  private var epoch: Int
  private var epochs: Int
  private var trainingLoss: Double
  private var validation: EvaluationResult.Figures

  private enum CodingKeys: String, CodingKey {
    case epoch
    case epochs
    case trainingLoss = "training_loss"
    case validation
  }

  init(_ progress: TrainingProgress) {
    (epoch, epochs) = (progress.epoch, progress.epochs)
    (trainingLoss, validation) = (progress.trainingLoss, progress.validation)
  }

  var value: TrainingProgress {
    TrainingProgress(epoch: epoch, epochs: epochs, trainingLoss: trainingLoss, validation: validation)
  }
}
