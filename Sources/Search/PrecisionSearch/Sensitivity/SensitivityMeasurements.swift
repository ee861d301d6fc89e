import Core
import Evaluation

/// The measurements behind a `Sensitivity`: one for every layer, role and width below the widest.
///
/// The idea is that of Wang et al. and Dong et al. ("HAWQ", ICCV 2019), measured instead of derived: a quantized
/// network is run for each.
struct SensitivityMeasurements: Sendable {
  let problem: SearchProblem
  /// Every searched layer at its widest weights and activations, which the target need not be able to run.
  let widest: Policy
  /// Widest first within a layer and role; tied layers' activations are narrowed together, in the place of the first.
  let narrowings: [Narrowing]

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
    narrowings = problem.layers.flatMap { layer in
      Role.allCases.filter { $0 == .weight || space.tiedWidths.leader(of: layer) == layer }.flatMap { role in
        space.widths(ofLayer: layer, role).dropLast().reversed().map {
          Narrowing(
            layers: role == .weight ? [layer] : space.tiedWidths.layers(with: layer), operand: role.operand,
            width: $0)
        }
      }
    }
  }

  /// In nats, of a width at which the evaluator fails: more than all probabilities of 32-bit floats can differ (104),
  /// so that it is chosen only where the budget leaves nothing else.
  private static let increaseOfFailure = 1000.0

  /// One more than the widths that are measured, for the widest.
  var count: Int { narrowings.count + 1 }

  func measure(_ log: SearchLog, samples: Int) throws(SearchLog.End) -> Sensitivity {
    log.expectSensitivityMeasurements([widest] + narrowings.map(policy(of:)), samples: samples)
    let base = try measureWidest(log, samples: samples, planned: count)
    let measure: Sensitivity.Measure = base.divergence == nil ? .loss : .divergence
    var increases: [Narrowing: Double] = [:]
    for narrowing in narrowings {
      increases[narrowing] = try increase(narrowing, above: base, log, samples: samples, planned: count)
    }
    return sensitivity(measure) { increases[$0] ?? 0 }
  }

  /// The figures that every increase is above.
  ///
  /// - Parameter estimating: Narrowings whose increase the evaluator may estimate beside.
  func measureWidest(
    _ log: SearchLog, samples: Int, planned: Int, estimating: [Narrowing]? = nil
  ) throws(SearchLog.End) -> EvaluationResult.Figures {
    switch try log.measureSensitivity(widest, samples: samples, planned: planned, estimating: estimating) {
    case .measured(let figures), .stopped(let figures): return figures
    case .failed(let reason): throw .failed(PrecisionSearchError.widestFailed(reason))
    }
  }

  /// Measures one narrowing.
  func increase(
    _ narrowing: Narrowing, above base: EvaluationResult.Figures, _ log: SearchLog, samples: Int, planned: Int
  ) throws(SearchLog.End) -> Double {
    let answer = try log.measureSensitivity(policy(of: narrowing), samples: samples, planned: planned)
    guard let figures = answer.figures else { return Self.increaseOfFailure }
    return base.divergence.map { (figures.divergence ?? 0) - $0 } ?? figures.loss - base.loss
  }

  /// From the increases of all narrowings.
  func sensitivity(_ measure: Sensitivity.Measure, _ increase: (Narrowing) -> Double) -> Sensitivity {
    let space = problem.space
    var layers: [Sensitivity.LayerPart?] = Array(repeating: nil, count: space.layerCount)
    for layer in problem.layers {
      layers[layer] = .init(
        weight: [.init(width: widest[layer].weight, increase: 0)],
        activation: space.tiedWidths.leader(of: layer) == layer
          ? [.init(width: widest[layer].activation, increase: 0)]
          // What narrowing these does is known of the first layer tied to this one.
          : space.widths(ofLayer: layer, .activation).reversed().map {
            .init(width: $0, increase: 0)
          })
    }
    for narrowing in narrowings {
      let (layer, width, increase) = (narrowing.layers[0], narrowing.width, increase(narrowing))
      switch narrowing.operand {
      case .weight: layers[layer]!.weight.append(width, increase: increase)
      case .activation: layers[layer]!.activation.append(width, increase: increase)
      }
    }
    return Sensitivity(measure: measure, layers: layers)
  }

  func policy(of narrowing: Narrowing) -> Policy {
    var policy = widest
    for layer in narrowing.layers {
      switch narrowing.operand {
      case .weight: policy[layer].weight = narrowing.width
      case .activation: policy[layer].activation = narrowing.width
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

extension Role {
  var operand: Narrowing.Operand {
    switch self {
    case .weight: .weight
    case .activation: .activation
    }
  }
}
