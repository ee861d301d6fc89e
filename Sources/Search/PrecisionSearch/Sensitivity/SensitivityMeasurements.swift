import Core
import Evaluation

/// The measurements behind a `Sensitivity`: one for every layer, role and width below the widest.
///
/// The idea is that of Wang et al. and Dong et al. ("HAWQ", ICCV 2019), measured instead of derived: a quantized
/// network is run for each.
struct SensitivityMeasurements: Sendable {
  private let problem: SearchProblem
  /// Every searched layer at its widest weights and activations, which the target need not be able to run.
  private let widest: Policy

  init(_ problem: SearchProblem) {
    self.problem = problem
    let space = problem.space
    widest = Policy(
      (0..<space.layerCount).map { layer in
        space.pinned[layer]
          ?? Precision(
            weight: space.widths(ofLayer: layer, .weight).last!,
            activation: space.widths(ofLayer: layer, .activation).last!)
      })
  }

  /// In nats, of a width at which the evaluator fails: more than all probabilities of 32-bit floats can differ (104),
  /// so that it is chosen only where the budget leaves nothing else.
  private static let increaseOfFailure = 1000.0

  private struct Narrowing {
    var layer: Int
    var role: Role
    var width: BitWidth
  }

  /// Widest first within a layer and role; tied layers' activations are narrowed together, for the first of them.
  private var narrowings: [Narrowing] {
    problem.layers.flatMap { layer in
      Role.allCases.filter { $0 == .weight || isLeader(layer) }.flatMap { role in
        problem.space.widths(ofLayer: layer, role).dropLast().reversed().map {
          Narrowing(layer: layer, role: role, width: $0)
        }
      }
    }
  }

  private func isLeader(_ layer: Int) -> Bool { problem.space.tiedWidths.leader(of: layer) == layer }

  /// One more than the widths that are measured, for the widest.
  var count: Int { narrowings.count + 1 }

  func measure(_ log: SearchLog, samples: Int) throws(SearchLog.End) -> Sensitivity {
    let narrowings = narrowings
    let policies = narrowings.map(policy)
    log.expectSensitivityMeasurements([widest] + policies, samples: samples)
    let base: EvaluationResult.Figures
    switch try log.measureSensitivity(widest, samples: samples, planned: count) {
    case .measured(let figures), .stopped(let figures): base = figures
    case .failed(let reason): throw .failed(PrecisionSearchError.widestFailed(reason))
    }
    let measure: Sensitivity.Measure = base.divergence == nil ? .loss : .divergence
    var layers: [Sensitivity.LayerPart?] = Array(repeating: nil, count: problem.space.layerCount)
    for layer in problem.layers {
      layers[layer] = .init(
        weight: [.init(width: widest[layer].weight, increase: 0)],
        activation: isLeader(layer)
          ? [.init(width: widest[layer].activation, increase: 0)]
          // What narrowing these does is known of the first layer tied to this one.
          : problem.space.widths(ofLayer: layer, .activation).reversed().map {
            .init(width: $0, increase: 0)
          })
    }
    for (narrowing, policy) in zip(narrowings, policies) {
      let figures = try log.measureSensitivity(policy, samples: samples, planned: count).figures
      let increase =
        switch (measure, figures) {
        case (_, nil): Self.increaseOfFailure
        case (.divergence, let figures?): (figures.divergence ?? 0) - (base.divergence ?? 0)
        case (.loss, let figures?): figures.loss - base.loss
        }
      switch narrowing.role {
      case .weight: layers[narrowing.layer]!.weight.append(narrowing.width, increase: increase)
      case .activation: layers[narrowing.layer]!.activation.append(narrowing.width, increase: increase)
      }
    }
    return Sensitivity(measure: measure, layers: layers)
  }

  private func policy(of narrowing: Narrowing) -> Policy {
    var policy = widest
    switch narrowing.role {
    case .weight: policy[narrowing.layer].weight = narrowing.width
    case .activation:
      for layer in problem.space.tiedWidths.layers(with: narrowing.layer) {
        policy[layer].activation = narrowing.width
      }
    }
    return policy
  }
}

extension [Sensitivity.Increase] {
  /// A format cannot be better than one that covers it; where it seems to be, on few images, that is chance.
  ///
  /// Those that cover it come before it in the order of listing, which is that of the measurements.
  fileprivate mutating func append(_ width: BitWidth, increase: Double) {
    let least = filter { $0.width.covers(width) }.map(\.increase).max() ?? 0
    append(.init(width: width, increase: Swift.max(increase, least)))
  }
}
