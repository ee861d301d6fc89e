public import ArgumentParser
import Diagnostics
import EvaluatorArguments
import Foundation
public import SearchRuns

/// How a search finds policies, and what it spends.
struct SearchMethodOptions: ParsableArguments {
  @OptionGroup(title: OptionTitle.method) var choice: MethodOptions
  @OptionGroup(title: OptionTitle.agent) var agent: AgentOptions
  @OptionGroup(title: OptionTitle.fineTuning) var fineTuning: FineTuningOptions
  @OptionGroup(title: OptionTitle.fineTuning) var finalFineTuning: FinalFineTuningOptions

  var method: SearchSettings.Method { choice.method }
  var seed: UInt64 { choice.measuring.seed }
  var searchEnds: Bool { choice.ends.searchEnds }
  var learnedRanges: String? { finalFineTuning.ranges.name }

  func validate() throws {
    // The file is read later: a command line is right or wrong without it.
    let warmStart = agent.warmStart.map { WarmStart(file: $0, bytes: Data()) }
    do {
      _ = try SearchPlan(settings(warmStart))
    } catch {
      throw ValidationError(error.text { "--\($0.rawValue)" })
    }
  }

  /// The plan; throws a `Diagnostic` when the file of a warm start cannot be read.
  func plan() throws -> SearchPlan {
    try SearchPlan(settings(try agent.warmStart.map { WarmStart(file: $0, bytes: try InputFile.read($0)) }))
  }

  private func settings(_ warmStart: WarmStart?) -> SearchSettings {
    var settings = SearchSettings()
    (settings.method, settings.evaluations, settings.seed) = (method, choice.evaluations, seed)
    settings.searchSamples = choice.measuring.searchSamples
    settings.sensitivitySamples = choice.sensitivitySamples
    settings.sensitivitySource = choice.source.sensitivities
    (settings.finalists, settings.earlyStopping) = (finalFineTuning.finalists, choice.earlyStopping)
    settings.training.samples = fineTuning.finetuneSamples
    settings.training.finalSamples = finalFineTuning.finalFinetuneSamples
    (settings.training.rate, settings.training.loss) = (fineTuning.finetuneRate, fineTuning.loss.loss)
    settings.training.learnsClips = finalFineTuning.ranges.pact
    settings.training.learnsSteps = finalFineTuning.ranges.lsq
    (settings.population, settings.searchesEnds) = (choice.population, searchEnds)
    (settings.agent.hidden, settings.agent.warmUp) = (agent.hidden, agent.warmUp)
    (settings.agent.sigmaDecay, settings.agent.overlapsUpdates) = (agent.sigmaDecay, agent.overlapUpdates)
    (settings.agent.rewardLag, settings.contenders) = (agent.rewardLag, finalFineTuning.contenders)
    (settings.agent.demonstratesUniform, settings.agent.warmStart) = (agent.demonstrateUniform, warmStart)
    return settings
  }
}

/// The method, its effort, and what it may choose.
struct MethodOptions: ParsableArguments {
  @Option(
    help: """
      Search method: auto (measures sensitivities, solves exactly, then searches near the solution), ilp (measures \
      sensitivities and solves), greedy (measures sensitivities, then lowers bits one at a time), evolution (NSGA-II: a \
      Pareto front in one run), ddpg (the agent of HAQ), or one to compare with: random, rule (first and last layer \
      8 bit, the others equal), uniform.
      """)
  var method = SearchSettings.Method.auto

  @Option(
    help: ArgumentHelp(
      "Total number of evaluations; a sensitivity measurement counts as the fraction of --search-samples that it uses.",
      valueName: "n"))
  var evaluations = 100

  @OptionGroup(title: OptionTitle.method) var measuring: MeasuringOptions

  @Option(
    help: ArgumentHelp(
      "Validation samples for each sensitivity measurement. (default: 16 to 256, so that all take at most half of the evaluations)",
      valueName: "n"))
  var sensitivitySamples: Int?

  @OptionGroup(title: OptionTitle.method) var source: SensitivitySourceOption

  @Option(
    help: ArgumentHelp(
      """
      Stop measuring a policy of auto or random once it is unlikely to be among the best: the accepted probability of \
      a wrong stop, such as 0.01, or 0 to stop only when it is certain. (default: measure all samples)
      """, valueName: "rate"))
  var earlyStopping: Double?

  @Option(
    help: ArgumentHelp(
      "Policies in a generation of evolution. (default: twice the square root of the evaluations, 8 to 40)",
      valueName: "n"))
  var population: Int?

  @OptionGroup(title: OptionTitle.method) var ends: EndsOption
}

/// How each policy is measured.
struct MeasuringOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Seed of every random choice; the same seed gives the same result.", valueName: "n"))
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("Validation samples that measure each policy.", valueName: "n"))
  var searchSamples = 2000
}

/// Whether the first and the last layer are searched.
struct EndsOption: ParsableArguments {
  @Flag(
    help:
      "Search the first and the last layer too, instead of keeping them at the reference of the target, mostly 8 bit."
  )
  var searchEnds = false
}

/// The fine-tuning of the policies that are compared at the end.
struct FinalFineTuningOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Training samples that fine-tune the policies compared at the end; 0 compares them without fine-tuning.",
      valueName: "n"))
  var finalFinetuneSamples = 12_800

  @Option(help: ArgumentHelp("Number of best policies that are fine-tuned at the end.", valueName: "n"))
  var finalists = 5

  @Option(
    help: ArgumentHelp(
      """
      Best policies that race for the places of the finalists on the whole validation split, where --search-samples is a \
      part of it. (default: those of --finalists, without a race)
      """, valueName: "n"))
  var contenders: Int?

  @OptionGroup(title: OptionTitle.fineTuning) var ranges: LearnedRangesOption
}

extension SearchSettings.Method: ExpressibleByArgument {}
