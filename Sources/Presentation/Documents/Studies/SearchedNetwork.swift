public import Core
import Diagnostics
import Foundation
import Studies

/// The network of a study, with the policy that the search found.
public struct SearchedNetwork {
  /// As the search costed it.
  public let network: Network
  public let policy: Policy
  /// The bytes of policy.json.
  public let policyText: String
  /// What the first target of the search says of its latency; nil where that has none.
  public let prediction: NetworkMeasurementDocument.PredictionPart?
  /// The search's command line, and where its relative paths start.
  public let start: (arguments: [String], directory: String)
  /// Of the study's file, absolute.
  public let path: String

  /// Throws a `Diagnostic` for a search that has not ended, and `StudyError`.
  ///
  /// - Parameter name: The study's file or run folder.
  public init(ofStudy name: String) throws {
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

  /// Records what the network took in the study.
  public func keep(_ measurement: NetworkMeasurementDocument) throws {
    try Study.revise(.networkMeasurements, of: path) { text in
      var all = try text.map(StudyMeasurements.init(json:)) ?? StudyMeasurements()
      all.add(measurement)
      return try all.json()
    }
  }
}
