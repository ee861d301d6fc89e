public import Core
import Diagnostics
public import Measuring
public import Specs

extension MeasuredNetworksDocument {
  /// What whole networks took on a device; throws a `Diagnostic` for a run without a latency.
  ///
  /// - Parameter measured: In the order of the runs of `plan`.
  public init(_ measured: [NetworkRuns.Measured], of plan: NetworkRuns, _ networks: [Network]) throws {
    let runs = try zip(plan.runs, measured).map { run, measured in
      guard let latency = measured.latency, let network = networks.firstIndex(of: run.network) else {
        throw Diagnostic("\(run.network.name) was run, and has no latency")
      }
      return Run(
        network: network, policy: run.policy, latency: latency, spread: measured.pooled?.spread)
    }
    self.init(networks: networks, runs: runs)
  }
}
