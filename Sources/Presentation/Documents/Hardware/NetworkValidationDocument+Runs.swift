import Core
import Diagnostics
public import Specs
public import Targets

extension NetworkValidationDocument.Run {
  /// What a target predicts for each measured run, network by network.
  ///
  /// Throws a `Diagnostic` for a run that the target cannot do, and what costs throw.
  ///
  /// - Parameter file: Where the measurements come from.
  public static func all(
    in measured: MeasuredNetworksDocument, by target: Target, file: String
  ) throws -> [Self] {
    try measured.networks.enumerated().flatMap { index, network in
      let costs = try target.costTable(of: network)
      return try measured.runs.filter { $0.network == index }.map { run in
        guard let predicted = try costs.total(.latency, of: run.policy) else {
          throw Diagnostic(
            "target \"\(target.spec.id)\" cannot run \(network.name) at all pairs of a run",
            at: .init(file: file),
            hint: "haq targets show \(target.spec.id) lists its pairs.")
        }
        return Self(
          network: network.name, measured: run.latency, predicted: predicted,
          sumOfLayers: costs.latencyOfLayersAlone(of: run.policy),
          interval: costs.latencyInterval(of: run.policy, probability: 0.9))
      }
    }
  }
}
