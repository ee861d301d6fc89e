import ArgumentParser
import Core
import CostPrograms
import CostTables
import Diagnostics
import Documents
import EvaluatorArguments
import Foundation
import Hashing
import Measuring
import Specs
import Targets
import Terminal

/// `haq measure --mixes`: whole networks under uniform policies and random mixes.
struct MixedNetworksOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Run the networks as a whole: at each pair of widths, and under this many random mixes of them. They are exported as "
        + "qdq, and the file is for haq fit --networks.", valueName: "n"))
  var mixes: Int?

  func validate() throws {
    if let mixes, !(0...1000).contains(mixes) {
      throw ValidationError("--mixes must be 0 to 1000, not \(mixes).")
    }
  }

  /// Runs the networks, writes them to `output`, and says what came of it.
  func measured(
    _ plan: MeasuringPlanOptions, _ options: MeasurementOptions, on target: Target, batch: Int?,
    calibratedOn data: DataArguments, to output: (file: String, readOnlyFiles: OutputFile.ReadOnlyFiles)
  ) throws -> NetworkRunsDocument {
    let model = try target.answeredProgram()
    guard model.description.network == true else {
      throw Diagnostic(
        "the program of target \"\(target.spec.id)\" runs layers alone, no whole networks",
        at: .init(file: target.file),
        hint: "docs/cost-programs.md section 4.3 says what it needs.")
    }
    let precisions = try plan.measuredPrecisions(of: target)
    let networks = try plan.networks.map { name in
      try NamedNetwork(name).layers(batch: batch ?? target.spec.batch, defaultBatch: target.spec.batch)
    }
    let progress = ProgressLine()
    var exported: [ExportedNetwork] = []
    defer { for file in exported { file.remove() } }
    var runs: [NetworkRuns.Run] = []
    for (name, network) in zip(plan.networks, networks) {
      let policies = MixedPolicies.policies(
        layerCount: network.layers.count, precisions: precisions, mixes: mixes ?? 0, seed: plan.seed)
      for (number, policy) in policies.enumerated() {
        guard !Interrupt.isRequested else { throw ExitCode(Interrupt.exitCode) }
        progress.show("exporting \(network.name)", done: number, of: policies.count)
        let file = try ExportedNetwork(
          of: name, underText: PolicyDocument(policy, for: network, target: nil).text, calibratedOn: data,
          in: ExportedNetwork.place(for: target))
        exported.append(file)
        runs.append(.init(network: network, policy: policy, path: file.path, sha256: file.sha256))
      }
    }
    let plan = NetworkRuns(runs, seed: plan.seed, precision: options.precision, mostTakes: options.takes)
    let measured = try plan.measure(asking: model) { round, done, total in
      guard !Interrupt.isRequested else { throw ExitCode(Interrupt.exitCode) }
      progress.show("round \(round): ran \(done) of \(total) networks", done: done, of: total)
    }
    progress.clear()
    let document = try MeasuredNetworksDocument(measured, of: plan, networks)
    let bytes = Data(document.text.utf8)
    try OutputFile.write(bytes, to: output.file, readOnlyFiles: output.readOnlyFiles)
    return NetworkRunsDocument(
      plan, measured, of: MeasuredTargetPart(target.spec, specSHA256: target.specSHA256, model.description),
      in: WrittenTable(file: output.file, sha256: bytes.sha256, unit: .seconds))
  }
}
