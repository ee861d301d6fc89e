import ArgumentParser
import Core
import CostPrograms
import Diagnostics
import Documents
import EvaluatorArguments
import Foundation
import Measuring
import Specs
import Targets
import Terminal

/// `haq measure --policy` and `--study`: an exported network on the device.
struct WholeNetworkOptions: ParsableArguments {
  @OptionGroup var policy: PolicyOption

  @Option(
    help: ArgumentHelp(
      "Run the network of a study, its file or run folder, under the policy that the search found, and keep what it took "
        + "in the study, for haq report and haq study show.", valueName: "study"))
  var study: String?

  @Option(
    help: ArgumentHelp(
      "The network as it was exported under the policy, an .onnx file. (default: haq exports it, as qdq)",
      valueName: "file"))
  var exported: String?

  @Option(
    help: ArgumentHelp(
      "Also say what this target predicts for the network, such as one that haq fit made. (default: the target of --study)",
      valueName: "target"))
  var predictedBy: String?

  /// Whether a whole network is run, rather than layers.
  var areGiven: Bool { policy.policy != nil || policy.bits != nil || study != nil }

  /// A network to run, with what it is predicted to take.
  private struct Subject {
    var network: Network
    var policy: Policy
    var prediction: NetworkMeasurementDocument.PredictionPart?
    /// Exports the network, where the user has not.
    var export: () throws -> ExportedNetwork
  }

  /// Runs a network as a whole, and its layers as far as they are not recorded.
  func measured(
    _ name: String, on target: Target, batch: Int?, calibratedOn data: DataArguments
  ) throws -> NetworkMeasurementDocument {
    let network = try NamedNetwork(name).layers(
      batch: batch ?? target.spec.batch, defaultBatch: target.spec.batch)
    guard let chosen = try policy.resolve(for: network) else {
      throw ValidationError("Give --policy FILE or --bits W8A8.")
    }
    let bits = policy.policy.map { ["--policy", $0] } ?? policy.bits.map { ["--bits", "\($0)"] } ?? []
    let place = ExportedNetwork.place(for: target)
    return try measured(
      Subject(network: network, policy: chosen, prediction: try prediction(for: chosen, of: network)) {
        try ExportedNetwork(of: name, under: bits, calibratedOn: data, in: place)
      }, on: target)
  }

  /// Runs the network of a study, which is to keep the result.
  func measured(
    studied name: String, on target: Target
  ) throws -> (document: NetworkMeasurementDocument, search: SearchedNetwork) {
    let search = try SearchedNetwork(ofStudy: name)
    // The export changes the working folder, where the target's path may start.
    let place = ExportedNetwork.place(for: target)
    let document = try measured(
      Subject(
        network: search.network, policy: search.policy,
        prediction: try prediction(for: search.policy, of: search.network) ?? search.prediction,
        export: { try ExportedNetwork(of: search, in: place) }), on: target)
    return (document, search)
  }

  private func measured(_ subject: Subject, on target: Target) throws -> NetworkMeasurementDocument {
    let (network, policy) = (subject.network, subject.policy)
    let costedAs = try target.costedAs(policy, of: network)
    let model = try target.answeredProgram()
    guard model.description.network == true else {
      throw Diagnostic(
        "the program of target \"\(target.spec.id)\" runs layers alone, no whole networks",
        at: .init(file: target.file),
        hint: "docs/cost-programs.md section 4.3 says what it needs.")
    }
    let file = try exported.map { try ExportedNetwork(existing: $0) } ?? subject.export()
    defer { file.remove() }
    let progress = ProgressLine()
    let measurement = try NetworkMeasurement(
      network, under: policy, costedAs: costedAs, file: (file.path, file.sha256), in: model
    ) { known in
      guard !Interrupt.isRequested else { throw ExitCode(Interrupt.exitCode) }
      progress.show(
        known == network.layers.count
          ? "running \(network.name)" : "measured \(known) of \(network.layers.count) layers",
        done: known, of: network.layers.count)
    }
    progress.clear()
    return NetworkMeasurementDocument(
      measurement, of: MeasuredTargetPart(target.spec, specSHA256: target.specSHA256, model.description),
      file: (exported, file.sha256), predictedBy: subject.prediction)
  }

  /// What `--predicted-by` says of the network; nil without it.
  private func prediction(
    for policy: Policy, of network: Network
  ) throws -> NetworkMeasurementDocument.PredictionPart? {
    guard let predictedBy else { return nil }
    let target = try TargetAccessOptions.found(predictedBy)
    let table = try target.costTable(of: network)
    guard let latency = try table.total(.latency, of: policy) else {
      throw Diagnostic(
        "target \"\(target.spec.id)\" cannot run \(network.name) under this policy",
        at: .init(file: target.file))
    }
    return .init(
      target: target.spec.id, latency: latency, interval: table.latencyInterval(of: policy, probability: 0.9))
  }
}
