import ArgumentParser
import Core
import Diagnostics
import Documents
import Rendering
import Specs
import Targets

/// `haq transfer`: every policy on every target.
struct TransferCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "transfer",
    abstract: "Compares what policies cost on targets that they were not searched for.",
    discussion: """
      The table has a row for each policy and a column for each target, as the first table of HAQ (CVPR 2019). It shows \
      how much more a policy costs than the best policy that was searched for that target. A policy file names its target.

      Examples:
        haq transfer edge/policy.json cloud/policy.json --targets bismo-zynq7020,bismo-vu9p
      """)

  @Argument(help: ArgumentHelp("Policy files (haq.policy/1) for one network.", valueName: "policy"))
  var policies: [String]

  @OptionGroup var targets: TargetsOption

  @Option(
    help: ArgumentHelp(
      "Network of the policies: built-in, .onnx or .json. (default: the name in the policies)",
      valueName: "network"))
  var network: String?

  @OptionGroup var cost: MetricOption
  private var metric: Metric { cost.metric }

  @OptionGroup var format: FormatOption

  func validate() throws { try targets.require() }

  func run() throws {
    let files = try policies.map(PolicyFile.init)
    let names = Set(files.map(\.document.network.name))
    guard names.count == 1 || network != nil else {
      throw Diagnostic(
        "the policies are for different networks: \(names.sorted().joined(separator: ", "))",
        hint: "Compare policies of one network.")
    }
    let named = try PolicyFile.network(named: network, for: files)
    let transfer = try PolicyTransfer(
      of: files.map { ($0.path, $0.document) }, on: try targets.resolve(), metric: metric
    ) { try named.layers(batch: nil, defaultBatch: $0.spec.batch) }
    let document = TransferDocument(transfer)
    try format.print(document, text: document.text)
  }
}
