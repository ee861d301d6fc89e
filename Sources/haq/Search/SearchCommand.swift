import ArgumentParser
import Diagnostics
import Evaluation
import Foundation
import HardwareModel
import PrecisionSearch
import Reports
import SpecLanguage
import Targets

/// `haq search`: the policy of highest accuracy within a latency budget.
struct SearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Searches bits for every layer of a network, within a latency budget on a target.",
    discussion: """
      HAQ's agent (CVPR 2019) proposes a policy an episode; bits are lowered until the budget holds; the \
      accuracy on validation samples is the reward. At the end the best policies, and every uniform policy that \
      is the largest within the budget, are fine-tuned alike and measured on the validation split; the winners \
      and uniform 8 bit are measured on the test split, once.

      The run folder receives policy.json (haq.policy/1.0), episodes.jsonl and report.json. Ctrl-C ends the search \
      and keeps the best policy found.

      Examples:
        haq search fashion-mobilenet-v1 --target bismo-zynq7020 --latency 0.6x -o edge-run
        haq search my-network.onnx --target bismo-vu9p --latency 1.5ms --episodes 300 --finetune-samples 0

      Exit codes: 0 done, 1 something failed, 64 the command line is wrong, 130 ended by Ctrl-C.
      """)

  @OptionGroup var network: NetworkArgument
  @OptionGroup var target: TargetOption
  @OptionGroup var latency: LatencyOption
  @OptionGroup var method: SearchMethodOptions
  @OptionGroup var evaluator: EvaluatorOption

  @Option(
    name: [.customShort("o"), .long],
    help: "The run folder, which must be new or empty. (default: NETWORK-TARGET-seedN.haqrun)")
  var output: String?

  @OptionGroup var format: FormatOption

  func run() throws {
    let target = try target.resolve()
    let network = try network.resolve(for: target)
    let table = try target.costTable(of: network)
    let space = try SearchSpace(table, pinning: method.searchEnds ? .none : .firstAndLast(.eight))
    let budget = try budget(in: space)
    let folder = try RunFolder(
      creating: output ?? "\(network.name)-\(target.spec.id)-seed\(method.seed).haqrun")
    do {
      let report = try search(Environment(space, budget: budget), folder: folder)
      try format.print(report, text: report.text)
      if report.ending != .completed { throw ExitCode(130) }
    } catch {
      folder.removeIfEmpty()
      throw error
    }
  }

  private func search(_ environment: Environment, folder: RunFolder) throws -> SearchReport {
    let network = environment.space.table.network
    let evaluator = try evaluator.start(network: self.network.network)
    guard evaluator.description.layers == network.layers.map(\.name) else {
      throw Diagnostic(
        "the evaluator's network has the layers \(evaluator.description.layers.joined(separator: ", ")), not those of "
          + "\(network.name) on the target; both must be the same, in one order")
    }
    Interrupt.watch()
    do {
      return try SearchRun(environment: environment, method: method, evaluator: evaluator, folder: folder)
        .run()
    } catch let failure as SearchFailure where failure.partial.episodes.isEmpty {
      throw failure.cause
    }
  }

  private func budget(in space: SearchSpace) throws -> Budget {
    do {
      return try Budget(.latency, latency.latency, in: space)
    } catch {
      guard case .infeasible(_, let limit, let minimum, let eightBit) = error else { throw error }
      let share = eightBit.map { String(format: " (%.3fx of uniform 8 bit)", minimum / $0) } ?? ""
      throw Diagnostic(
        "no policy takes \(Quantity.seconds(limit)) or less; the least reachable is "
          + "\(Quantity.seconds(minimum))\(share).")
    }
  }
}

/// How a search spends its evaluations.
struct SearchMethodOptions: ParsableArguments {
  @Option(help: "Policies that the agent proposes.")
  var episodes = 150

  @Option(help: "Fixes every random choice.")
  var seed: UInt64 = 1

  @Option(help: "Validation samples that measure each episode's policy.")
  var searchSamples = 2000

  @Option(help: "Training samples that fine-tune each episode's policy; 0 measures as calibrated.")
  var finetuneSamples = 640

  @Option(help: "Training samples that fine-tune the policies compared at the end; 0 compares as calibrated.")
  var finalFinetuneSamples = 12_800

  @Option(help: "Peak learning rate of fine-tuning.")
  var finetuneRate = 0.003

  @Option(help: "How many of the best policies are fine-tuned at the end.")
  var finalists = 5

  @Option(help: "Hidden units of the agent's two layers, such as 300,300.", transform: hiddenUnits)
  var hidden: HiddenUnits = HiddenUnits(first: 300, second: 300)

  @Option(help: "Episodes of random actions before the agent decides.")
  var warmUp = 20

  @Flag(help: "Search the first and the last layer too, instead of holding them at 8 bit.")
  var searchEnds = false

  @Flag(help: "Begin with the uniform policies within the budget, to show the agent where to look.")
  var demonstrateUniform = false

  /// Sizes of the agent's hidden layers.
  struct HiddenUnits {
    var first: Int
    var second: Int
  }

  private static func hiddenUnits(_ text: String) throws -> HiddenUnits {
    let parts = text.split(separator: ",").map { Int($0) ?? 0 }
    guard parts.count == 2, parts.allSatisfy({ (1...4096).contains($0) }) else {
      throw ValidationError("\"\(text)\" is not two layer sizes of 1 to 4096, such as 300,300.")
    }
    return HiddenUnits(first: parts[0], second: parts[1])
  }

  func validate() throws {
    guard episodes > 0, finalists > 0, searchSamples > 0, warmUp >= 0 else {
      throw ValidationError(
        "--episodes, --finalists and --search-samples must be at least 1, --warm-up at least 0.")
    }
    guard finetuneSamples >= 0, finalFinetuneSamples >= 0, finetuneRate > 0, finetuneRate.isFinite else {
      throw ValidationError("fine-tuning samples must not be negative, and --finetune-rate must be above 0.")
    }
  }
}
