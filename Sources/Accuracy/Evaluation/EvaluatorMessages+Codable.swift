import Foundation

extension EvaluatorRequest: Codable {
  private enum Key: String, CodingKey {
    case id
    case method
    case parameters
  }

  private enum MethodName: String, Codable, CaseIterable {
    case describe
    case evaluate
    case train
    case finetune
    case quantize
    case quit
  }

  private struct Describe: Codable {
    var `protocol`: String
  }

  private struct Train: Codable {
    var options: TrainingOptions
    var output: String
  }

  private struct FineTune: Codable {
    var job: FineTuningJob
    var policy: [WireEvaluation.LayerBits]
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    id = try container.decode(Int.self, forKey: .id)
    switch try container.decode(MethodName.self, forKey: .method) {
    case .describe:
      method = .describe(protocolVersion: try container.decode(Describe.self, forKey: .parameters).protocol)
    case .evaluate: method = .evaluate(try container.decode(WireEvaluation.self, forKey: .parameters))
    case .train:
      let train = try container.decode(Train.self, forKey: .parameters)
      method = .train(train.options, output: train.output)
    case .finetune:
      let tune = try container.decode(FineTune.self, forKey: .parameters)
      method = .fineTune(tune.job, policy: tune.policy)
    case .quantize:
      method = .quantize(try container.decode(QuantizationRequest.self, forKey: .parameters))
    case .quit: method = .quit
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(id, forKey: .id)
    switch method {
    case .describe(let version):
      try container.encode(MethodName.describe, forKey: .method)
      try container.encode(Describe(protocol: version), forKey: .parameters)
    case .evaluate(let evaluation):
      try container.encode(MethodName.evaluate, forKey: .method)
      try container.encode(evaluation, forKey: .parameters)
    case .train(let options, let output):
      try container.encode(MethodName.train, forKey: .method)
      try container.encode(Train(options: options, output: output), forKey: .parameters)
    case .fineTune(let job, let policy):
      try container.encode(MethodName.finetune, forKey: .method)
      try container.encode(FineTune(job: job, policy: policy), forKey: .parameters)
    case .quantize(let request):
      try container.encode(MethodName.quantize, forKey: .method)
      try container.encode(request, forKey: .parameters)
    case .quit: try container.encode(MethodName.quit, forKey: .method)
    }
  }
}

extension EvaluatorReply: Codable {
  private enum Key: String, CodingKey {
    case id
    case description
    case evaluation
    case progress
    case encodings
    case values
    case done
    case keptEpoch = "kept_epoch"
    case learningRate = "learning_rate"
    case error
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let id = try container.decodeIfPresent(Int.self, forKey: .id)
    if let failure = try container.decodeIfPresent(EvaluatorFailure.self, forKey: .error) {
      self = .failure(id: id, failure)
      return
    }
    guard let id else {
      throw DecodingError.dataCorruptedError(
        forKey: .id, in: container, debugDescription: "a reply without an id")
    }
    if let description = try container.decodeIfPresent(EvaluatorDescription.self, forKey: .description) {
      self = .description(id: id, description)
    } else if let evaluation = try container.decodeIfPresent(WireResult.self, forKey: .evaluation) {
      self = .evaluation(id: id, evaluation.result)
    } else if let progress = try container.decodeIfPresent(WireProgress.self, forKey: .progress) {
      self = .progress(id: id, progress.value)
    } else if let layers = try container.decodeIfPresent([LayerEncoding].self, forKey: .encodings) {
      let values = try container.decodeIfPresent([QuantizerEncoding].self, forKey: .values)
      self = .encodings(id: id, NetworkEncoding(layers: layers, values: values))
    } else {
      _ = try container.decode(Bool.self, forKey: .done)
      self = .done(
        id: id,
        FineTuningOutcome(
          keptEpoch: try container.decodeIfPresent(Int.self, forKey: .keptEpoch),
          learningRate: try container.decodeIfPresent(Double.self, forKey: .learningRate)))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    switch self {
    case .description(let id, let description):
      try container.encode(id, forKey: .id)
      try container.encode(description, forKey: .description)
    case .evaluation(let id, let evaluation):
      try container.encode(id, forKey: .id)
      try container.encode(WireResult(result: evaluation), forKey: .evaluation)
    case .progress(let id, let progress):
      try container.encode(id, forKey: .id)
      try container.encode(WireProgress(progress), forKey: .progress)
    case .encodings(let id, let encodings):
      try container.encode(id, forKey: .id)
      try container.encode(encodings.layers, forKey: .encodings)
      try container.encodeIfPresent(encodings.values, forKey: .values)
    case .done(let id, let outcome):
      try container.encode(id, forKey: .id)
      try container.encode(true, forKey: .done)
      try container.encodeIfPresent(outcome.keptEpoch, forKey: .keptEpoch)
      try container.encodeIfPresent(outcome.learningRate, forKey: .learningRate)
    case .failure(let id, let failure):
      try container.encodeIfPresent(id, forKey: .id)
      try container.encode(failure, forKey: .error)
    }
  }
}
