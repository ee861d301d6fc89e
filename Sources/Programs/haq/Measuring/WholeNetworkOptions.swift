import ArgumentParser
import Core
import CostPrograms
import Diagnostics
import Documents
import Foundation
import Hashing
import Measuring
import Specs
import Targets

/// `haq measure --policy`: the exported network on the device.
struct WholeNetworkOptions: ParsableArguments {
  @OptionGroup var policy: PolicyOption

  @Option(
    help: ArgumentHelp(
      "The network as it was exported under the policy, an .onnx file. (default: haq exports it, as qdq)",
      valueName: "file"))
  var exported: String?

  /// Runs a network as a whole, and its layers as far as they are not recorded.
  func measured(_ name: String, on target: Target, batch: Int?) throws -> NetworkMeasurementDocument {
    let network = try NamedNetwork(name).layers(
      batch: batch ?? target.spec.batch, defaultBatch: target.spec.batch)
    guard let policy = try policy.resolve(for: network) else {
      throw ValidationError("Give --policy FILE or --bits W8A8.")
    }
    let costedAs = try costedAs(policy, of: network, on: target)
    let model = try target.answeredProgram()
    guard model.description.network == true else {
      throw Diagnostic(
        "the program of target \"\(target.spec.id)\" runs layers alone, no whole networks",
        at: .init(file: target.file),
        hint: "docs/cost-programs.md section 4.3 says what it needs.")
    }
    let (bytes, path, remove) = try exportedNetwork(name)
    defer { remove() }
    let progress = ProgressLine()
    let measurement = try NetworkMeasurement(
      network, under: policy, costedAs: costedAs, file: (path, bytes.sha256), in: model
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
      file: (exported, bytes.sha256))
  }

  /// What the target runs each layer as; throws a `Diagnostic` that names the first that it cannot run.
  private func costedAs(_ policy: Policy, of network: Network, on target: Target) throws -> [Precision] {
    let capabilities = target.spec.capabilities
    return try zip(network.layers, policy.precisions).map { layer, precision in
      let costedAs = capabilities.widthRules.costedAs(
        precision, for: layer.kind, weightWidths: capabilities.weightWidths,
        activationWidths: capabilities.activationWidths)
      guard let costedAs, layer.isCosted(by: capabilities.layers) else {
        throw Diagnostic(
          "target \"\(target.spec.id)\" cannot run layer \(layer.name) (\(layer.kind.rawValue)) at \(precision)",
          at: .init(file: target.file))
      }
      return costedAs
    }
  }

  /// The exported network's bytes and absolute path, and what removes it again.
  private func exportedNetwork(_ name: String) throws -> (bytes: Data, path: String, remove: () -> Void) {
    if let exported {
      return (try InputFile.read(exported, limit: .max - 1), URL(filePath: exported).absoluteURL.path, {})
    }
    let folder = FileManager.default.temporaryDirectory.appending(path: "haq-measure-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let path = folder.appending(path: "exported.onnx").path
    do {
      let bits = policy.policy.map { ["--policy", $0] } ?? policy.bits.map { ["--bits", "\($0)"] } ?? []
      let export = try ExportCommand.parse([name, "--as", "qdq", "-o", path] + bits)
      _ = try export.write()
      return (
        try InputFile.read(path, limit: .max - 1), path, { try? FileManager.default.removeItem(at: folder) }
      )
    } catch {
      try? FileManager.default.removeItem(at: folder)
      throw error
    }
  }
}
