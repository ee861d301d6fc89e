import Core
import Diagnostics
import Documents
import Evaluation
import Foundation
import PrecisionSearch
import Rendering
import Specs
import Studies

/// One search from the first episode to the report, keeping every result on disk as it comes.
struct SearchRun {
  let problem: SearchProblem
  let method: SearchMethodOptions
  let evaluator: any AccuracyEvaluator
  /// What the evaluator holds.
  let description: EvaluatorDescription
  /// Nil for an evaluator with quantizers of its own.
  let quantization: QuantizationStamp?
  let folder: RunFolder
  let progress: SearchProgress

  private var space: SearchSpace { problem.space }
  private var isReplaying: Bool { (evaluator as? RecordedEvaluator)?.isReplaying ?? false }

  /// Searches, compares with the uniform policies, and measures the winners on the test split.
  ///
  /// Ctrl-C ends the episodes or the comparison; the best policy so far is then the result, without a comparison.
  func run() throws -> SearchReport {
    let found = try search(demonstrations: try demonstrations())
    guard found.best != nil else {
      throw Diagnostic(
        "stopped while measuring sensitivities, before any policy was measured; there is no policy yet.",
        hint: "The sensitivity measurements are kept: carry on with `haq study resume \(folder.path)`.")
    }
    var report = SearchReport(
      problem: problem, evaluator: description, method: method, search: found)
    report.quantization = quantization
    if found.ending == .completed {
      do {
        var compared = report
        try compare(found.finalists, in: &compared)
        report = compared
      } catch is InterruptibleEvaluator.Interrupted {
        report.ending = .stopped
      }
    }
    let failures = try folder.failures()
    report.failures = failures.isEmpty ? nil : failures
    try folder.write(document(report.searched))
    try folder.write(report)
    return report
  }

  /// What the options say that the agent is shown first.
  private func demonstrations() throws -> [Policy] {
    var policies = try method.warmStart.map { [try WarmStart(file: $0, in: space).policy] } ?? []
    if method.demonstrateUniform { policies += try BestUniform(problem).candidates.map(\.policy) }
    return policies
  }

  private func search(demonstrations: [Policy]) throws -> SearchResult {
    let options = method.searchOptions(validationSamples: description.validationSamples)
    let search = Search(
      problem,
      method: method.searchMethod(for: problem.objective, demonstrations: demonstrations),
      options: options)
    let least = search.method.leastEvaluations(in: problem, options: options)
    guard options.evaluations >= least else {
      throw Diagnostic(
        "--method \(method.method.rawValue) needs at least \(least) evaluations here, to measure the sensitivity of every layer; "
          + "\(options.evaluations) are allowed.",
        hint: "Raise --evaluations, or lower --sensitivity-samples.")
    }

    var failure: (any Error)?
    let resumption = try folder.resumption(format: search.method.stateFormat)
    let result = try search.run(evaluator, resuming: resumption) { episode, result in
      do {
        let isNews = try folder.append(episode)
        if episode.isBest, isNews { try folder.write(document(.init(episode.measured, in: space))) }
      } catch {
        failure = error
        return .stop
      }
      let best = result.best?.result.figures.map { Quantity.percent($0.accuracy) } ?? ""
      let spent = result.evaluations
      progress.show(
        .init("searching", done: spent, of: options.evaluations, "evaluations"),
        "evaluation \(spent) of \(options.evaluations): best \(best)", isReplaying: isReplaying)
      progress.note(result)
      return Interrupt.isRequested ? .stop : .next
    } onSensitivityMeasurement: { done, planned in
      progress.show(
        .init("measuring", done: done, of: planned, "sensitivities"),
        "measuring sensitivities: \(done) of \(planned)", isReplaying: isReplaying)
      return Interrupt.isRequested ? .stop : .next
    } onCheckpoint: { checkpoint in
      do {
        // What a resumed search repeats is kept already.
        if !isReplaying { try folder.keep(checkpoint) }
      } catch {
        failure = error
        return .stop
      }
      return .next
    }
    if let failure { throw failure }
    if let sensitivity = result.sensitivity {
      let measurements = result.sensitivityMeasurements
      try folder.write(
        SensitivityDocument(
          sensitivity, table: space.table, isOnTarget: space.table.provenance.target != nil,
          data: description.data, samples: measurements.images / max(measurements.count, 1)))
    }
    return result
  }

  private func compare(_ leaders: [MeasuredPolicy], in report: inout SearchReport) throws {
    do {
      try measure(leaders, InterruptibleEvaluator(evaluator), in: &report)
    } catch let failure as FinalSelection.Failure {
      throw failure.cause
    } catch let failure as BestUniform.Failure {
      throw failure.cause
    }
  }

  private func measure(
    _ leaders: [MeasuredPolicy], _ evaluator: InterruptibleEvaluator, in report: inout SearchReport
  ) throws {
    let tuning = method.fineTuning(samples: method.finalFinetuneSamples)
    let uniform = try? BestUniform(problem)
    let cheapest = try CheapestUniform(problem)
    let isMinimised = problem.objective != .accuracy
    let baselines = isMinimised ? cheapest.candidates.count : uniform?.candidates.count ?? 0
    let compression = try space.hasFloatActivations ? DeepCompression(problem) : nil
    let pact = tuning?.activationClips == .learned ? UniformPACT(space) : nil
    let total =
      leaders.count + baselines + 5 + (compression.map { $0.candidates.count + 1 } ?? 0)
      + (pact?.policies.count ?? 0)
    var done = 0
    func advance(_ what: String) {
      done += 1
      progress.show(
        .init("comparing", done: done, of: total, "policies and floats, the last: \(what)"),
        "comparing: \(what)",
        isReplaying: isReplaying)
    }

    evaluator.expect([EvaluationRequest(policy: nil)], .surely)
    // The drop that may be allowed is against the float network on the same samples.
    let float = try evaluator.evaluate(EvaluationRequest(policy: nil)).get()
    advance("floats")
    let preference = Preference(objective: problem.objective, referenceAccuracy: float.accuracy)
    report.float.validation = float
    let measurement = FinalMeasurement(fineTuning: tuning)
    let finalists = try FinalSelection(among: leaders, evaluator, measurement) { _, _ in
      advance("searched policy")
    }
    let baseline =
      isMinimised
      ? try cheapest.run(evaluator, measurement, preference: preference) {
        advance("uniform \($0.precision)")
      }
      : try uniform?.run(evaluator, measurement) { entry, _ in advance("uniform \(entry.precision)") }
    if let best = finalists.measured.best(by: preference), best.result.figures != nil {
      report.searched = SearchReport.Contender(best, in: space)
      report.searched.test = try measurement.test(best, evaluator)
      advance("searched policy on the test split")
    }
    if let entry = baseline?.best(by: preference), entry.measured.result.figures != nil {
      report.bestUniform = SearchReport.Contender(entry.measured, in: space, precision: entry.precision)
      report.bestUniform?.test = try measurement.test(entry.measured, evaluator)
      advance("uniform \(entry.precision) on the test split")
    }
    report.uniformCandidates = (baseline?.entries ?? []).map {
      SearchReport.Contender($0.measured, in: space, precision: $0.precision)
    }
    report.float.test = try evaluator.evaluate(EvaluationRequest(policy: nil, split: .test)).get()
    advance("floats on the test split")
    if let entries = try compression?.run(
      evaluator, measurement, onEntry: { _ in advance("Deep Compression") }),
      let best = entries.map(\.measured).best(by: preference),
      let entry = entries.first(where: { $0.measured == best })
    {
      report.deepCompression = SearchReport.DeepCompressionPart(entry, in: space)
      report.deepCompression?.contender.test = try measurement.test(best, evaluator)
      advance("Deep Compression on the test split")
    }
    // The paper's baseline is PACT, whatever it does to a policy.
    for (precision, policy) in pact?.policies ?? [] {
      let validation = try evaluator.evaluate(EvaluationRequest(policy: policy, fineTuning: tuning))
      let measured = MeasuredPolicy(policy: policy, cost: try problem.cost(of: policy), result: validation)
      var contender = SearchReport.Contender(measured, in: space, precision: precision)
      contender.test = try measurement.test(measured, evaluator)
      report.uniformPACT.append(contender)
      advance("PACT at uniform \(precision)")
    }
    if let policy = space.uniform(space.eightBit) {
      let measured = try measurement.validate(policy, cost: problem.cost(of: policy), evaluator)
      report.eightBit = SearchReport.Contender(measured, in: space, precision: space.eightBit)
      report.eightBit?.test = try measurement.test(measured, evaluator)
      advance("uniform 8 bit")
    }
  }

  private func document(_ contender: SearchReport.Contender) -> PolicyDocument {
    let test = contender.test?.figures
    let onFirst = problem.budgets.map(\.resource) + [problem.resource]
    let metrics = Set(onFirst.filter { $0.target == 0 }.map(\.metric))
    return PolicyDocument(
      contender.policy, for: space.table.network,
      target: space.table.provenance.target.map { .init(id: $0.id, specSHA256: $0.specSHA256) },
      cost: contender.cost.filter { metrics.contains($0.key) },
      accuracy: (test ?? contender.validation.figures).map {
        .init(
          top1: $0.accuracy, loss: $0.loss, samples: $0.samples, split: test == nil ? "validation" : "test")
      }, grids: quantization?.grids)
  }
}
