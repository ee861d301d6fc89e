internal import Synchronization

/// The answers of a `NetworkCostModel`, each asked for once, as long as it gives any.
///
/// A search asks thousands of times. Once the model has failed it is not asked again: every further question fails
/// for the same reason.
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

  /// The costs of each policy.
  func costs(of policies: [Policy]) throws(NetworkCostFailure) -> [Cost] {
    try answer(policies).get()
  }

  private func answer(_ policies: [Policy]) -> Result<[Cost], NetworkCostFailure> {
    state.withLock { state in
      if let failure = state.failure { return .failure(failure) }
      var seen: Set<Policy> = []
      let new = policies.filter { state.known[$0] == nil && seen.insert($0).inserted }
      do {
        let answers = new.isEmpty ? [] : try model.costs(of: new)
        precondition(answers.count == new.count)
        let asked = Dictionary(uniqueKeysWithValues: zip(new, answers))
        let costs = policies.map { state.known[$0] ?? asked[$0]! }
        if state.known.count + new.count > Self.capacity { state.known = [:] }
        if new.count <= Self.capacity { state.known.merge(asked) { old, _ in old } }
        return .success(costs)
      } catch {
        let failure = NetworkCostFailure(network: network, cause: error)
        state.failure = failure
        return .failure(failure)
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
