import ArgumentParser
import Core
import Diagnostics
import Documents
import EvaluatorArguments
import Foundation
import Networks
import Specs
import Studies
import Targets

/// `haq measure --study`: the network of a study, with the policy that the search found.
struct StudiedNetwork {
  /// As the search costed it.
  let network: Network
  let policy: Policy
  /// What the first target of the search says of its latency; nil where that has none.
  let prediction: NetworkMeasurementDocument.PredictionPart?
  /// Absolute.
  private let path: String
  private let policyText: String
  /// The search's command line, and where its relative paths start.
  private let start: (arguments: [String], directory: String)

  /// Throws a `Diagnostic` for a search that has not ended, and `StudyError`.
  init(_ name: String) throws {
    path = URL(filePath: try StudyPlaces.study(named: name)).path
    let records = try StudyRecords(path)
    guard let report = try records.document(.report), let policyText = try records.document(.policy) else {
      throw Diagnostic(
        "the search has not ended, so there is no policy to run yet", at: .init(file: path),
        hint: "Carry on with `haq study resume`, or run the best policy so far with --policy.")
    }
    let policy = try SearchDocument(report: report).policy
    self.policy = policy
    self.policyText = policyText
    guard let table = try records.costTables()?.first, table.network.layers.count == policy.precisions.count
    else {
      throw Diagnostic(
        "the study has no costs of its network, so its layers are not known", at: .init(file: path),
        hint: "Give --network and --policy instead.")
    }
    network = table.network
    // Targets whose totals only a plugin could compute are not asked again.
    prediction = (try? table.total(.latency, of: policy)).map {
      .init(
        target: table.provenance.name, latency: $0,
        interval: table.latencyInterval(of: policy, probability: 0.9))
    }
    start = (try records.arguments(), try records.directory())
  }

  /// Exports the network as the search had it, calibrated on the data of the search.
  ///
  /// - Parameter target: Whose program reads the file.
  func exported(for target: Target) throws -> ExportedNetwork {
    let search = try SearchCommand.parse(start.arguments)
    guard search.evaluator.evaluator == nil else {
      throw Diagnostic(
        "the search has its own evaluator, and haq cannot export what that computes", at: .init(file: path),
        hint: "Export the network under policy.json of the run folder, and name the file with --exported.")
    }
    let folder = FileManager.default.temporaryDirectory.appending(path: "haq-study-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "policy.json").path
    try Data(policyText.utf8).write(to: URL(filePath: file))
    let size = search.size.inputSize.map { ["--input-size", "\($0.height)x\($0.width)"] } ?? []
    let here = FileManager.default.currentDirectoryPath
    guard FileManager.default.changeCurrentDirectoryPath(start.directory) else {
      throw Diagnostic(
        "the search was started in \(start.directory), which cannot be entered", at: .init(file: path),
        hint: "Name the exported network with --exported.")
    }
    defer { _ = FileManager.default.changeCurrentDirectoryPath(here) }
    return try ExportedNetwork(
      of: search.network.network, under: ["--policy", file] + size, calibratedOn: search.evaluator.data,
      for: target)
  }

  /// Records what the network took in the study.
  func keep(_ measurement: NetworkMeasurementDocument) throws {
    try Study.revise(.networkMeasurements, of: path) { text in
      var all = try text.map(StudyMeasurements.init(json:)) ?? StudyMeasurements()
      all.add(measurement)
      return try all.json()
    }
  }
}
