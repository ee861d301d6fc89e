import Core
import Diagnostics
public import Documents
public import Evaluation
public import PrecisionSearch
public import Studies

/// One search from the first evaluation to the report, keeping every result on disk as it comes.
public struct SearchRun {
  public let problem: SearchProblem
  public let plan: SearchPlan
  /// What the evaluator says that it holds.
  public let evaluator: EvaluatorDescription
  /// Nil for a custom evaluator, which has its own quantizers.
  public let quantization: QuantizationStamp?

  public init(
    _ problem: SearchProblem, _ plan: SearchPlan, evaluator: EvaluatorDescription,
    quantization: QuantizationStamp? = nil
  ) {
    self.problem = problem
    self.plan = plan
    self.evaluator = evaluator
    self.quantization = quantization
  }

  /// What a study keeps of the problem.
  public var studyProblem: StudyProblem {
    StudyProblem(problem, evaluations: plan.evaluations, searchSamples: plan.searchSamples)
  }

  /// Searches, compares with the uniform policies, and measures the winners on the test split.
  ///
  /// When the observer stops the run, the result is the best policy so far, without a comparison.
  ///
  /// - Throws: A `Diagnostic` when it is stopped before any policy is measured, `SearchFailure` with what was found
  ///   when an evaluation fails, and what keeps files from being written.
  public func run(
    asking evaluator: any AccuracyEvaluator, in files: RunFiles, _ observer: SearchObserver
  ) throws -> SearchDocument {
    try requireTraining()
    let table = problem.space.table
    let recorded = try RecordedEvaluator(files.study, asking: evaluator) { policy in
      // The search asks for the same cost, and says why there is none.
      (try? table.totals(of: policy)) ?? [:]
    }
    let found = try searching { try search(recorded, in: files, observer) }
    guard let best = found.best else {
      throw Diagnostic(
        "stopped while measuring sensitivities, before any policy was measured; there is no policy yet.",
        hint: "The sensitivity measurements are kept: continue with `haq study resume \(files.folder)`.")
    }
    let ended = try comparison(of: found, recorded, observer)
    let outcome = SearchOutcome(
      found: found, best: best, comparison: ended?.comparison, race: ended?.race)
    var document = try SearchDocument(
      outcome, of: problem, by: (plan.method.rawValue, plan.seed), on: self.evaluator.data)
    document.quantization = quantization
    document.accuracyMetric = self.evaluator.metric
    let failures = try files.failures()
    document.failures = failures.isEmpty ? nil : failures
    try files.write(try policyDocument(outcome.searched, test: outcome.comparison?.searched?.test))
    try files.write(document)
    return document
  }

  /// A failure before anything was found, or of the study itself, needs no more words.
  private func searching(_ search: () throws -> SearchResult) throws -> SearchResult {
    do {
      return try search()
    } catch let failure as SearchFailure
      where failure.partial.episodes.isEmpty || failure.cause is StudyError
    {
      throw failure.cause
    }
  }

  private func search(
    _ evaluator: RecordedEvaluator, in files: RunFiles, _ observer: SearchObserver
  ) throws -> SearchResult {
    let options = plan.options(validationSamples: self.evaluator.validationSamples)
    let search = Search(
      problem,
      method: plan.searchMethod(
        for: problem.objective, demonstrations: try plan.demonstrations(in: problem, observer)),
      options: options)
    try requireEnough(options, for: search.method)
    let recorder = SearchRecorder(
      files, observer, document: { try policyDocument($0) }, isReplaying: { evaluator.isReplaying })
    let result = try search.run(
      evaluator, resuming: try files.resumption(format: search.method.stateFormat, observer),
      onEpisode: { recorder.keep($0, $1, of: options.evaluations) },
      onSensitivityMeasurement: { recorder.note(measurement: $0, of: $1) }, onCheckpoint: recorder.keep)
    if let failure = recorder.failure { throw failure }
    if let sensitivity = result.sensitivity {
      let measurements = result.sensitivityMeasurements
      let table = problem.space.table
      try files.write(
        SensitivityDocument(
          sensitivity, table: table, isOnTarget: table.provenance.target != nil, data: self.evaluator.data,
          samples: max(measurements.samples, 1)))
    }
    return result
  }

  /// A search with fine-tuning ends before the first measurement where the evaluator cannot train in this way.
  private func requireTraining() throws(Diagnostic) {
    let training = plan.training
    guard training.samples > 0 || training.finalSamples > 0 else { return }
    guard evaluator.trainingSamples > 0 else {
      throw Diagnostic(
        "the evaluator describes no training samples, so it cannot fine-tune policies.",
        hint: "Search without fine-tuning: --finetune-samples 0 --final-finetune-samples 0.")
    }
    do throws(EvaluatorFailure) {
      try evaluator.requireTraining(loss: training.loss, clips: training.clips)
    } catch {
      throw Diagnostic(error.message)
    }
  }

  private func requireEnough(_ options: SearchOptions, for method: any SearchMethod) throws(Diagnostic) {
    let least = method.leastEvaluations(in: problem, options: options)
    guard options.evaluations >= least else {
      throw Diagnostic(
        "--method \(plan.method.rawValue) needs at least \(least) evaluations here, to measure the sensitivity of every layer; "
          + "\(options.evaluations) are allowed.",
        hint: "Raise --evaluations, or lower --sensitivity-samples.")
    }
  }

  /// Nil when the search or the comparison is stopped.
  private func comparison(
    of found: SearchResult, _ evaluator: RecordedEvaluator, _ observer: SearchObserver
  ) throws -> (comparison: Comparison, race: FinalistRace.Outcome?)? {
    guard found.ending == .completed else { return nil }
    func comparison(_ best: [MeasuredPolicy]) throws -> FinalComparison {
      try FinalComparison(
        problem, finalists: found.finalists(best), fineTuning: plan.finalFineTuning)
    }
    let places = found.leaders.prefix(plan.finalists).map(\.self)
    let race = race(of: found, observer)
    let planned = try (race?.plannedCount ?? 0) + comparison(places).planned.count
    var done = 0
    func note(_ step: PlannedMeasurement) {
      done += 1
      observer.onEvent(
        .comparing(.init(done: done, planned: planned, isReplayed: evaluator.isReplaying), step))
    }
    let asked = InterruptibleEvaluator(evaluator, until: observer.shouldStop)
    do {
      let outcome = try race?.run(asked) { note(.contender) }
      return (try comparison(outcome?.finalists ?? places).run(asked, onMeasured: note), outcome)
    } catch is InterruptibleEvaluator.Interrupted {
      return nil
    }
  }

  /// Nil where none is asked for, or no further images could tell policies apart.
  private func race(of found: SearchResult, _ observer: SearchObserver) -> FinalistRace? {
    guard plan.contenders != nil else { return nil }
    guard plan.searchSamples < evaluator.validationSamples else {
      observer.warn([
        Diagnostic(
          "no race for the finalists: the search measured on all \(evaluator.validationSamples) validation samples, "
            + "so that no others can tell policies apart.")
      ])
      return nil
    }
    return FinalistRace(
      found.leaders, places: plan.finalists,
      fineTuning: plan.options(validationSamples: evaluator.validationSamples).fineTuning)
  }
}
