public import Core

/// A cost program with its recorded answers, asked question by question: what a measurement needs.
///
/// Not safe to share between threads; `ProgramCostModel` is.
public final class AnsweredProgram {
  private let program: CostProgram
  private let answers: AnswerFile
  private let command: String

  public init(_ program: CostProgram, recordingIn answers: AnswerFile, command: String) {
    self.program = program
    self.answers = answers
    self.command = command
  }

  /// What the program said of itself.
  public var description: ProgramDescription { program.description }

  /// The question about a layer at widths.
  public func question(
    _ layer: Layer, _ precision: Precision, batch: Int, occasion: CostQuestion.Occasion = .first
  ) -> CostQuestion {
    CostQuestion(
      CostPoint(layer.asCosted(by: description.kinds), precision), batch: batch, occasion: occasion)
  }

  /// What is recorded as the answer to a question, if the program could still give it.
  public func recorded(_ question: CostQuestion) -> AnswerFile.RecordedAnswer? {
    answers.possible(question, description)
  }

  /// Asks questions about points, whether or not their answers are recorded, and records each answer as it comes.
  ///
  /// The questions must be about different points at one batch; other subjects are left out.
  ///
  /// - Parameter onAnswer: Takes each answer after it is recorded, by the position of its question; an error that it
  ///   throws ends the request.
  ///
  /// Throws `CostProgramError`, or what `onAnswer` throws.
  public func ask(
    _ questions: [CostQuestion], onAnswer: (_ position: Int, CostAnswer) throws -> Void
  ) throws {
    var asked: [(position: Int, point: CostPoint)] = []
    for (position, question) in questions.enumerated() {
      if case .point(let point) = question.subject { asked.append((position, point)) }
    }
    guard let batch = questions.first?.batch, !asked.isEmpty else { return }
    try program.costs(of: asked.map(\.point), batch: batch) { number, answer in
      let position = asked[number].position
      try answers.record(answer, to: questions[position])
      try onAnswer(position, answer)
    }
  }

  /// What a cost table has of a layer at widths, from what is recorded or else from the program.
  ///
  /// Throws `CostProgramError`.
  public func outcome(
    of layer: Layer, _ precision: Precision, batch: Int, _ metrics: Set<Metric>
  ) throws -> PointOutcome {
    let question = question(layer, precision, batch: batch)
    if recorded(question) == nil { try ask([question]) { _, _ in } }
    guard let answer = recorded(question) else {
      throw CostProgramError.impossible(command: command, problem: "a point was not answered")
    }
    return answer.answer.pointOutcome(metrics)
  }

  /// What an exported network costs as a whole, from what is recorded or else from the program.
  ///
  /// - Parameters:
  ///   - path: Absolute path of the exported network.
  ///   - sha256: Of its bytes.
  ///
  /// Throws `CostProgramError`.
  public func answer(
    ofExported network: Network, under policy: Policy, path: String, sha256: String,
    occasion: CostQuestion.Occasion = .first
  ) throws -> AnswerFile.RecordedAnswer {
    guard description.network == true else {
      throw CostProgramError.noNetwork(command: command, reason: "it runs layers alone")
    }
    let kinds = description.kinds
    let layers = zip(network.layers, policy.precisions).map { CostPoint($0.asCosted(by: kinds), $1) }
    var question = try CostQuestion(network: layers, batch: network.batch, fileSHA256: sha256)
    question.occasion = occasion
    if recorded(question) == nil {
      try answers.record(try program.cost(ofNetwork: layers, batch: network.batch, file: path), to: question)
    }
    guard let answer = recorded(question) else {
      throw CostProgramError.noNetwork(command: command, reason: "it gave no answer")
    }
    return answer
  }
}
