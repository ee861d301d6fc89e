public import Core
public import Evaluation

/// An evaluator with the memory of a study: what was answered before is not asked again, and every new answer is
/// recorded before it is returned.
///
/// A method's every choice follows from its options, its seed and the answers; the same search over the recorded answers
/// therefore comes to the place where it was interrupted, and goes on from there. A `Checkpoint` only shortens that way.
///
/// Several evaluators answer in any order. Answers to what will surely be asked are recorded as they come, each under
/// the number that its question got when it was announced; answers to guesses, once they are asked for. So the same
/// study is written however many evaluators there are and whichever is first.
///
/// What is asked beside accuracy and loss is no part of a question: it changes neither. Estimates that an answer is
/// recorded without are asked for once more, and recorded.
///
/// Before anything new is asked, one recorded question is asked again: answers of an evaluator that says something else
/// now must not stand beside those recorded.
public final class RecordedEvaluator: AccuracyEvaluator {
  private let study: Study
  private let evaluator: any AccuracyEvaluator
  private let costs: (Policy) -> [Metric: Double]
  private var answers: [EvaluationRequest: EvaluationResult] = [:]
  /// What the estimates of recorded answers are of.
  private var estimated: [EvaluationRequest: [Narrowing]] = [:]
  private var answerNumbers: [EvaluationRequest: Int] = [:]
  /// Recorded by this study and not asked for yet; a search that repeats itself asks for all before anything new.
  private var unserved: Set<EvaluationRequest> = []
  private let recordedCount: Int
  private var numbers: EvaluationNumbers
  /// What is asked again; nil where nothing is recorded, and once it was.
  private var control: RecordedEvaluation?
  /// Answers that this process had to ask for.
  public private(set) var newCount = 0

  /// - Parameter costs: Of the network under a policy, in SI units.
  public init(
    _ study: Study, asking evaluator: any AccuracyEvaluator, costs: @escaping (Policy) -> [Metric: Double]
  ) throws(StudyError) {
    self.study = study
    self.evaluator = evaluator
    self.costs = costs
    let evaluations = try study.records.evaluations()
    numbers = EvaluationNumbers(taken: evaluations.map(\.number))
    for evaluation in evaluations {
      let key = evaluation.request.withoutExtras
      answers[key] = evaluation.result
      if let narrowings = evaluation.request.narrowings { estimated[key] = narrowings }
      answerNumbers[key] = evaluation.number
      if evaluation.session != nil { unserved.insert(key) }
    }
    recordedCount = unserved.count
    control = evaluations.cheapest
  }

  /// Whether everything asked so far was answered from the study, with more recorded.
  public var isReplaying: Bool { !unserved.isEmpty }

  /// Guesses are for later; what they would ask may be recorded.
  public var foresight: Int { isReplaying ? 0 : evaluator.foresight }

  public func expect(_ requests: [EvaluationRequest], _ likelihood: Likelihood) {
    if likelihood == .surely {
      for request in requests {
        let key = request.withoutExtras
        if answers[key] == nil { numbers.reserve(for: key) } else { unserved.remove(key) }
      }
    }
    evaluator.expect(requests.filter { answers[$0.withoutExtras] == nil }, likelihood)
  }

  /// Throws `StudyError.diverged` when the search asks something new before it has asked all that is recorded, and
  /// `answersChanged` when the evaluator no longer gives a recorded answer.
  public func evaluate(_ request: EvaluationRequest) throws -> EvaluationResult {
    let key = request.withoutExtras
    if let answer = answers[key] {
      unserved.remove(key)
      guard let narrowings = request.narrowings else {
        return answer.mapFigures { $0.estimatedIncreases = nil }
      }
      return estimated[key] == narrowings
        ? answer : try addingEstimates(of: narrowings, to: answer, request)
    }
    guard unserved.isEmpty else {
      throw StudyError.diverged(
        path: study.path, recorded: recordedCount, served: recordedCount - unserved.count)
    }
    try requireRecordedAnswer()
    // The answer may have come meanwhile.
    if let answer = answers[key] { return answer }
    numbers.reserve(for: key)
    return try record(request, try evaluator.answer(request) { _ = try record($0, $1) })
  }

  private func addingEstimates(
    of narrowings: [Narrowing], to answer: EvaluationResult, _ request: EvaluationRequest
  ) throws -> EvaluationResult {
    let key = request.withoutExtras
    let increases = try evaluator.evaluate(request).figures?.estimatedIncreases
    let whole = answer.mapFigures { $0.estimatedIncreases = increases }
    (answers[key], estimated[key]) = (whole, narrowings)
    if increases != nil, let number = answerNumbers[key] {
      try study.record(estimates: whole, of: request, number: number)
    }
    return whole
  }

  private func requireRecordedAnswer() throws {
    guard let control else { return }
    var others: [(request: EvaluationRequest, answer: Answer)] = []
    let now = try evaluator.answer(control.request) { others.append(($0, $1)) }.result
    guard now.agrees(with: control.result) else {
      throw StudyError.answersChanged(
        path: study.path, number: control.number, recorded: control.result.summary, now: now.summary)
    }
    self.control = nil
    for (request, answer) in others { _ = try record(request, answer) }
  }

  /// Once for each question, also when the same answer comes again.
  private func record(_ request: EvaluationRequest, _ answer: Answer) throws -> EvaluationResult {
    let key = request.withoutExtras
    if let known = answers[key] { return known }
    var answer = answer
    answer.result = answer.result.withoutNegativeZeros
    let number = numbers.reserve(for: key)
    var recorded = key
    recorded.narrowings = request.narrowings
    try study.record(recorded, answer, costs: key.policy.map(costs) ?? [:], number: number)
    (answers[key], answerNumbers[key], estimated[key]) = (answer.result, number, request.narrowings)
    newCount += 1
    return answer.result
  }
}

extension EvaluationRequest {
  fileprivate var withoutExtras: EvaluationRequest {
    var request = self
    request.extras = nil
    request.narrowings = nil
    return request
  }
}
