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
    abstract: "Costs policies on targets that they were not made for.",
    discussion: """
      The first table of HAQ (CVPR 2019): a row for each policy, a column for each target, and how much more a policy \
      costs than the best of the policies that were made for that target. A policy names its target itself.

      Example:
        haq transfer edge/policy.json cloud/policy.json --targets bismo-zynq7020,bismo-vu9p
      """)

  @Argument(help: ArgumentHelp("Policy files (haq.policy/1) of one network.", valueName: "policy"))
  var policies: [String]

  @OptionGroup var targets: TargetsOption

  @Option(help: "The policies' network: built-in, .onnx or .json. (default: the name in each policy)")
  var network: String?

  @Option(help: "What to compare.")
  var metric = Metric.latency

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
