public import Core
public import CostPrograms

/// A network under a policy: what its layers cost alone, and what it costs as a whole.
public struct NetworkMeasurement: Hashable, Sendable {
  public var network: Network
  public var layers: [LayerPart]
  /// Of the whole network; its outcome is a cost.
  public var whole: AnswerFile.RecordedAnswer

  /// A layer alone.
  public struct LayerPart: Hashable, Sendable {
    public var name: String
    public var precision: Precision
    /// What the target runs it as, where that is another precision.
    public var costedAs: Precision?
    /// Of the whole batch.
    public var latencySeconds: Double
    /// When it was measured, in ISO 8601, UTC.
    public var at: String
  }

  /// Asks for what is not recorded: every layer at its precision, and the exported network.
  ///
  /// - Parameters:
  ///   - costedAs: What the target runs each layer as, in order of the layers.
  ///   - file: Absolute path of the exported network, and the SHA-256 of its bytes.
  ///   - onAnswer: Called with the number of layers whose cost is known; what it throws ends the work.
  ///
  /// Throws `CostProgramError`; `CostProgramError.noNetwork` where a layer or the network cannot run.
  public init(
    _ network: Network, under policy: Policy, costedAs: [Precision], file: (path: String, sha256: String),
    in model: AnsweredProgram, onAnswer: (_ known: Int) throws -> Void
  ) throws {
    self.network = network
    let questions = zip(network.layers, costedAs).map { model.question($0, $1, batch: network.batch) }
    var seen: Set<CostQuestion> = []
    let open = questions.filter { model.recorded($0) == nil && seen.insert($0).inserted }
    var known = questions.count - open.count
    try onAnswer(known)
    try model.ask(open) { _, _ in
      known += 1
      try onAnswer(known)
    }
    layers = try zip(network.layers, questions).enumerated().map { index, pair in
      let (layer, question) = pair
      let precision = policy[index]
      guard let pooled = Self.pooled(question, model), let latency = pooled.answer.latency else {
        throw CostProgramError.noNetwork(
          command: model.description.program,
          reason: "layer \(layer.name) cannot run at \(costedAs[index])" + Self.reason(question, model))
      }
      return LayerPart(
        name: layer.name, precision: precision,
        costedAs: costedAs[index] == precision ? nil : costedAs[index],
        latencySeconds: latency, at: pooled.at)
    }
    whole = try model.answer(ofExported: network, under: policy, path: file.path, sha256: file.sha256)
    if case .unsupported(let reason) = whole.answer.outcome {
      throw CostProgramError.noNetwork(command: model.description.program, reason: reason)
    }
  }

  /// Every answer about a point, as far as they are numbered without a gap.
  private static func pooled(
    _ question: CostQuestion, _ model: AnsweredProgram
  ) -> (answer: PooledAnswer, at: String)? {
    var answers = [model.recorded(question)].compactMap(\.self)
    var next = question
    while !answers.isEmpty {
      next.occasion = .again(answers.count + 1)
      guard let more = model.recorded(next) else { break }
      answers.append(more)
    }
    guard let last = answers.last else { return nil }
    return PooledAnswer(answers.map(\.answer)).map { ($0, last.at) }
  }

  private static func reason(_ question: CostQuestion, _ model: AnsweredProgram) -> String {
    guard case .unsupported(let reason)? = model.recorded(question)?.answer.outcome else { return "" }
    return ": \(reason)"
  }

  /// In seconds: what the layers add up to, and what the network took.
  public var gap: NetworkGap {
    var latency = 0.0
    if case .cost(let values) = whole.answer.outcome { latency = values[Metric.latency.rawValue] ?? 0 }
    return NetworkGap(network: latency, sumOfLayers: layers.reduce(0) { $0 + $1.latencySeconds })
  }

  /// The share of the network's latency that joining operators saves; nil where it was not measured.
  public var fusionSaving: Double? {
    guard let unfused = whole.answer.unfusedSeconds, unfused > 0 else { return nil }
    return 1 - gap.network / unfused
  }
}
