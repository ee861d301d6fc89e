import Core
import Datasets
import Evaluation
import Training

extension EvaluationSession {
  /// Narrowings of a request, by the positions of their layers; throws for layers that the network lacks.
  func narrowings(_ asked: [WireNarrowing]?, in float: FloatNetwork) throws -> [Narrowing]? {
    let names = float.network.layers.map(\.name)
    return try asked?.map { wire in
      guard let narrowing = wire.narrowing(layers: names) else {
        throw EvaluatorFailure(
          .illegal,
          "a narrowing is of \(wire.layers.isEmpty ? "no layer" : wire.layers.joined(separator: ", ")); it must "
            + "name layers of \(float.network.name), at least one")
      }
      return narrowing
    }
  }
}

extension EvaluationResult {
  /// With estimates of the narrowings where they are asked for and the network allows them; codebooks and weights that
  /// are corrected under each policy do not.
  func withEstimates(
    of narrowings: [Narrowing]?, from policy: Policy, _ network: any PolicyNetwork, on images: LabelledImages
  ) throws -> EvaluationResult {
    guard let narrowings, let network = network as? QuantizedNetwork,
      let estimates = try network.estimatedIncreases(of: narrowings, from: policy, on: images)
    else { return self }
    return mapFigures { $0.estimatedIncreases = estimates }
  }
}
