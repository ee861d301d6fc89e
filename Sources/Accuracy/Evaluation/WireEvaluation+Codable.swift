extension WireEvaluation: Codable {
  private enum CodingKeys: String, CodingKey {
    case policy
    case fineTuning = "fine_tuning"
    case split
    case samples
    case stopBelow = "stop_below"
    case extras
    case narrowings
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    policy = try container.decodeIfPresent([LayerBits].self, forKey: .policy)
    fineTuning = try container.decodeIfPresent(WireFineTuning.self, forKey: .fineTuning)?.value
    split = try container.decode(Split.self, forKey: .split)
    samples = try container.decodeIfPresent(Int.self, forKey: .samples)
    stopBelow = try container.decodeIfPresent(Bar.self, forKey: .stopBelow)
    // Later versions have more of them.
    extras = try container.decodeIfPresent([String].self, forKey: .extras)?.compactMap(
      EvaluationRequest.Extra.init)
    narrowings = try container.decodeIfPresent([WireNarrowing].self, forKey: .narrowings)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(policy, forKey: .policy)
    try container.encodeIfPresent(fineTuning.map(WireFineTuning.init), forKey: .fineTuning)
    try container.encode(split, forKey: .split)
    try container.encodeIfPresent(samples, forKey: .samples)
    try container.encodeIfPresent(stopBelow, forKey: .stopBelow)
    try container.encodeIfPresent(extras, forKey: .extras)
    try container.encodeIfPresent(narrowings, forKey: .narrowings)
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
    case loss
  }

  init(_ value: FineTuning) { self.value = value }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    value = FineTuning(
      samples: try container.decode(Int.self, forKey: .samples),
      learningRate: try container.decode(Double.self, forKey: .learningRate),
      seed: try container.decode(UInt64.self, forKey: .seed),
      activationClips: try container.decodeIfPresent(ActivationClips.self, forKey: .activationClips),
      loss: try container.decodeIfPresent(FineTuningLoss.self, forKey: .loss))
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(value.samples, forKey: .samples)
    try container.encode(value.learningRate, forKey: .learningRate)
    try container.encode(value.seed, forKey: .seed)
    try container.encodeIfPresent(value.activationClips, forKey: .activationClips)
    try container.encodeIfPresent(value.loss, forKey: .loss)
  }
}

/// An `EvaluationResult` with the samples that are right and estimates, which only messages have among the figures.
struct WireResult: Codable {
  var result: EvaluationResult

  private enum CodingKeys: String, CodingKey {
    case correctSamples = "correct_samples"
    case estimatedIncreases = "estimated_increases"
  }

  init(result: EvaluationResult) { self.result = result }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let text = try container.decodeIfPresent(String.self, forKey: .correctSamples)
    let increases = try container.decodeIfPresent([Double].self, forKey: .estimatedIncreases)
    result = try EvaluationResult(from: decoder).mapFigures { figures in
      figures.estimatedIncreases = increases
      guard let text else { return }
      figures.correctSamples = CorrectSamples(base64: text, count: figures.samples)
      let share = figures.correctSamples.map { Double($0.correctCount) / Double(figures.samples) }
      // Accuracies may be rounded, to a sample or to four digits.
      guard let share, abs(share - figures.accuracy) <= max(1e-4, 0.5 / Double(figures.samples)) else {
        throw ImpossibleFigure(
          "correct_samples", "\"\(text.prefix(40))\"",
          allowed: "a bit for each of \(figures.samples) samples, of which the accuracy is the share")
      }
    }
  }

  func encode(to encoder: any Encoder) throws {
    try result.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(result.figures?.correctSamples?.base64, forKey: .correctSamples)
    try container.encodeIfPresent(result.figures?.estimatedIncreases, forKey: .estimatedIncreases)
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
