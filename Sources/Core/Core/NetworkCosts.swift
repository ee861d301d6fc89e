internal import Synchronization

/// The answers of a `NetworkCostModel`, each asked for once, as long as it gives any.
///
/// A search asks thousands of times, deep inside. So a failure is kept, not thrown: from then on there are no costs,
/// and whoever draws a conclusion from costs must look at `failure` first.
final class NetworkCosts: Sendable {
  private let model: any NetworkCostModel
  private let network: String
  private let state = Mutex(State())

  private struct State {
    var known: [Policy: Cost] = [:]
    var failure: NetworkCostFailure?
  }

  /// Policies of big networks take a kilobyte each.
  private static let capacity = 16_384

  init(_ model: any NetworkCostModel, of network: Network) {
    self.model = model
    self.network = network.name
  }

  var failure: NetworkCostFailure? { state.withLock { $0.failure } }

  /// The costs of each policy; nil once the model has failed.
  func costs(of policies: [Policy]) -> [Cost]? {
    state.withLock { state in
      guard state.failure == nil else { return nil }
      var seen: Set<Policy> = []
      let new = policies.filter { state.known[$0] == nil && seen.insert($0).inserted }
      do {
        let answers = new.isEmpty ? [] : try model.costs(of: new)
        precondition(answers.count == new.count)
        let asked = Dictionary(uniqueKeysWithValues: zip(new, answers))
        let costs = policies.map { state.known[$0] ?? asked[$0]! }
        if state.known.count + new.count > Self.capacity { state.known = [:] }
        if new.count <= Self.capacity { state.known.merge(asked) { old, _ in old } }
        return costs
      } catch {
        state.failure = NetworkCostFailure(network: network, cause: error)
        return nil
      }
    }
  }
}

/// A target did not say what a network costs as a whole; no cost of that network can be had from it any more.
public struct NetworkCostFailure: Error, CustomStringConvertible {
  public let network: String
  public let cause: any Error

  public var description: String { "no cost of network \"\(network)\" as a whole: \(cause)" }
}
