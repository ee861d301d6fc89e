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
      The default method probes how much each layer suffers at each width, solves exactly for the widths that \
      suffer least within the budget, and spends the remaining evaluations around that solution. With \
      --method ddpg, HAQ's agent (CVPR 2019) proposes a policy an episode, bits are lowered until the budget \
      holds, and the accuracy is the reward. At the end the best policies, and every uniform policy that is the \
      largest within the budget, are fine-tuned alike and measured on the validation split; the winners and \
      uniform 8 bit are measured on the test split, once.

      The run folder receives policy.json (haq.policy/1.0), episodes.jsonl and report.json. Ctrl-C ends the search \
      and keeps the best policy found.

      Examples:
        haq search fashion-mobilenet-v1 --target bismo-zynq7020 --latency 0.6x -o edge-run
        haq search my-network.onnx --target bismo-vu9p --latency 1.5ms --method ddpg --episodes 600

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
