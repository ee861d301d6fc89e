import Agents
import Evaluation
import Foundation
import HardwareModel
import PrecisionSearch
import Reports
import SpecLanguage

/// One search from the first episode to the report, keeping every result on disk as it comes.
struct SearchRun {
  let environment: Environment
  let method: SearchMethodOptions
  let evaluator: EvaluatorProcess
  let folder: RunFolder

  private var space: SearchSpace { environment.space }

  /// Searches, compares with the uniform policies, and measures the winners on the test split.
  ///
  /// Ctrl-C ends the episodes; the best policy so far is then the result, without a comparison.
  func run() throws -> SearchReport {
    let uniform = try BestUniform(space, budget: environment.budget)
    let found = try search(demonstrations: method.demonstrateUniform ? uniform.candidates.map(\.policy) : [])
    var report = SearchReport(
      environment: environment, evaluator: evaluator.description, seed: method.seed, search: found)
    if found.ending == .completed {
      try compare(found.leaders, with: uniform, in: &report)
    }
    try folder.write(document(report.searched))
    try folder.write(report)
    return report
  }

  private func search(demonstrations: [Policy]) throws -> SearchResult {
    var options = SearchOptions(
      episodes: method.episodes, seed: method.seed,
      fineTuning: fineTuning(samples: method.finetuneSamples),
      samples: min(method.searchSamples, evaluator.description.validationSamples), kept: method.finalists,
      demonstrations: demonstrations)
    options.agent.hidden1 = method.hidden.first
    options.agent.hidden2 = method.hidden.second
    options.agent.warmUpEpisodes = method.warmUp

    let progress = ProgressLine()
    defer { progress.clear() }
    var failure: (any Error)?
    let result = try Search(environment, options: options).run(evaluator) { episode, result in
      do {
        try folder.append(episode)
        if episode.isBest { try folder.write(document(.init(episode.measured))) }
      } catch {
        failure = error
        return .stop
      }
      let best = result.best.map { Quantity.percent($0.result.accuracy) } ?? ""
      progress.show(
        "episode \(episode.index + 1) of \(method.episodes): best \(best)", done: episode.index + 1,
        of: method.episodes)
      return Interrupt.isRequested ? .stop : .next
    }
    if let failure { throw failure }
    return result
  }

  private func compare(
    _ leaders: [MeasuredPolicy], with uniform: BestUniform, in report: inout SearchReport
  ) throws {
    let tuning = fineTuning(samples: method.finalFinetuneSamples)
    let progress = ProgressLine()
    defer { progress.clear() }
    let total = leaders.count + uniform.candidates.count + 4
    var done = 0
    func advance(_ what: String) {
      done += 1
      progress.show("comparing: \(what)", done: done, of: total)
    }

    let selection = FinalSelection(fineTuning: tuning)
    let finalists = try selection.select(among: leaders, evaluator) { _, _ in advance("searched policy") }
    let baseline = try uniform.run(evaluator, fineTuning: tuning) { entry, _ in
      advance("uniform \(entry.precision)")
    }
    if let best = finalists.best {
      report.searched = SearchReport.Contender(best)
      report.searched.test = try selection.report(best.policy, evaluator)
      advance("searched policy on the test split")
    }
    if let best = baseline.best {
      report.bestUniform = SearchReport.Contender(best.measured, precision: best.precision)
      report.bestUniform?.test = try selection.report(best.measured.policy, evaluator)
      advance("uniform \(best.precision) on the test split")
    }
    report.uniformCandidates = baseline.entries.map {
      SearchReport.Contender($0.measured, precision: $0.precision)
    }
    report.float.test = try evaluator.evaluate(EvaluationRequest(policy: nil, split: .test))
    advance("floats on the test split")
    if let policy = space.uniform(.eight) {
      let validation = try evaluator.evaluate(EvaluationRequest(policy: policy, fineTuning: tuning))
      let measured = MeasuredPolicy(policy: policy, cost: environment.cost(of: policy), result: validation)
      report.eightBit = SearchReport.Contender(measured, precision: .eight)
      report.eightBit?.test = try selection.report(policy, evaluator)
      advance("uniform 8 bit")
    }
  }

  private func fineTuning(samples: Int) -> FineTuning? {
    samples > 0 ? FineTuning(samples: samples, learningRate: method.finetuneRate, seed: method.seed) : nil
  }

  private func document(_ contender: SearchReport.Contender) -> PolicyDocument {
    let accuracy = contender.test ?? contender.validation
    let provenance = space.table.provenance
    return PolicyDocument(
      contender.policy, for: space.table.network,
      target: .init(id: provenance.target, specSHA256: provenance.specSHA256),
      cost: [environment.budget.metric: contender.latency_s],
      accuracy: .init(
        top1: accuracy.accuracy, loss: accuracy.loss, samples: accuracy.samples,
        split: contender.test == nil ? "validation" : "test"))
  }
}
