public import Core
import Synchronization

/// A target whose costs come from a program of the user's; asks about no point twice, now or in a later run.
public final class ProgramCostModel: CostModel {
  /// What the program said of itself.
  public let description: ProgramDescription
  private let command: String
  private let metrics: Set<Metric>
  private let state: Mutex<State>

  fileprivate struct State {
    var program: CostProgram
    var answers: AnswerFile
  }

  /// - Parameter metrics: What to ask for; the caller has compared them with the program's.
  public init(
    _ program: sending CostProgram, recordingIn answers: sending AnswerFile, launch: CostProgramLaunch,
    metrics: Set<Metric>
  ) {
    description = program.description
    command = launch.command
    self.metrics = metrics
    state = Mutex(State(program: program, answers: answers))
  }

  /// The outcome of every point, from what is recorded and, for the rest, from the program.
  ///
  /// Throws `CostProgramError`.
  public func outcomes(of points: [Point], in network: Network) throws -> [PointOutcome] {
    let kinds = description.kinds
    let questions = points.map { point in
      CostQuestion(
        CostPoint(network.layers[point.layer].asCosted(by: kinds), point.precision), batch: network.batch)
    }
    return try answers(to: questions, batch: network.batch).map { $0.answer.pointOutcome(metrics) }
  }

  /// What is recorded of each point, and when; nil for one that was never asked about.
  public func recorded(_ points: [Point], in network: Network) -> [AnswerFile.RecordedAnswer?] {
    let kinds = description.kinds
    return state.withLock { state in
      points.map { point in
        let layer = network.layers[point.layer].asCosted(by: kinds)
        return state.answers[CostQuestion(CostPoint(layer, point.precision), batch: network.batch)]
      }
    }
  }

  private func answers(to questions: [CostQuestion], batch: Int) throws -> [AnswerFile.RecordedAnswer] {
    try state.withLock { state in
      var seen: Set<CostQuestion> = []
      var open: [CostPoint] = []
      for question in questions where !state.isKnown(question, description) {
        guard seen.insert(question).inserted, case .point(let point) = question.subject else { continue }
        open.append(point)
      }
      let answers = state.answers
      if !open.isEmpty {
        try state.program.costs(of: open, batch: batch) { position, answer in
          try answers.record(answer, to: CostQuestion(open[position], batch: batch))
        }
      }
      return try questions.map { question in
        guard let answer = answers[question] else {
          throw CostProgramError.impossible(command: command, problem: "a point was not answered")
        }
        return answer
      }
    }
  }

  /// Who says what `network` costs as a whole; nil where the program does not.
  public func networkCosts(of network: Network) -> (any NetworkCostModel)? {
    description.network == true ? ProgramNetworkCosts(model: self, network: network) : nil
  }

  /// What the network costs as a whole under a policy.
  fileprivate func cost(of network: Network, under policy: Policy) throws -> Cost {
    let kinds = description.kinds
    let layers = zip(network.layers, policy.precisions).map { layer, precision in
      CostPoint(layer.asCosted(by: kinds), precision)
    }
    return try state.withLock { state in
      let question = try CostQuestion(network: layers, batch: network.batch)
      if !state.isKnown(question, description) {
        let answer = try state.program.cost(ofNetwork: layers, batch: network.batch)
        try state.answers.record(answer, to: question)
      }
      switch state.answers[question]?.answer.pointOutcome(metrics) {
      case .cost(let cost): return cost
      default: throw CostProgramError.noNetwork(command: command, reason: "it says that it is unsupported")
      }
    }
  }
}

extension ProgramCostModel.State {
  /// Whether the answer is recorded, and still one that the program could give.
  fileprivate func isKnown(_ question: CostQuestion, _ description: ProgramDescription) -> Bool {
    answers.possible(question, description) != nil
  }
}

/// One network, asked policy by policy.
private struct ProgramNetworkCosts: NetworkCostModel {
  let model: ProgramCostModel
  let network: Network

  func costs(of policies: [Policy]) throws -> [Cost] {
    try policies.map { try model.cost(of: network, under: $0) }
  }
}

extension Layer {
  /// The layer itself, or the convolution that computes it where the program has no costs of its kind.
  func asCosted(by kinds: Set<Kind>) -> Layer {
    guard !kinds.contains(kind), kind == .transposedConvolution else { return self }
    return costed(atBatch: 1)?.layer ?? self
  }
}
