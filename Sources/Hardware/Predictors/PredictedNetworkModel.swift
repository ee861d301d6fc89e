public import Core

/// What layers cost as parts of a network, by a predictor that was fitted to whole networks, too: a sum over layers is the
/// latency of the network.
public struct PredictedNetworkModel: CostModel {
  private let predictor: Predictor
  private let correction: NetworkCorrection
  private let layers: PredictedCostModel

  /// Nil for a predictor of layers alone.
  ///
  /// - Parameter file: how messages call the predictor.
  public init?(_ predictor: Predictor, file: String) {
    guard let correction = predictor.network else { return nil }
    self.predictor = predictor
    self.correction = correction
    layers = PredictedCostModel(predictor, file: file)
  }

  /// What lies between layers depends on how outputs are stored.
  public var usesOutputWidths: Bool { true }
  public var errorCorrelation: Double { predictor.correlation }
  public var networkDeviation: Double { correction.deviation }

  /// Throws as `PredictedCostModel` does.
  public func outcomes(of points: [Point], in network: Network) throws -> [PointOutcome] {
    let parts = try predictor.parts(points, in: network, layers)
    return parts.map { part in
      guard let part else { return .unsupported }
      let latency = correction.latency(of: part.layer)
      // A part that does not grow with the layer is as sure as the network is.
      let share = latency > 0 ? correction.share(at: part.layer.precision) * part.layer.alone / latency : 0
      return .cost(
        Cost(
          values: [.latency: latency], latencyDeviation: share * part.deviation,
          latencyAlone: part.layer.alone))
    }
  }
}

extension Predictor {
  /// A layer as a part of a network, and the standard deviation of the logarithm of what it takes alone.
  struct Part {
    var layer: LayerInNetwork
    var deviation: Double
  }

  /// The points as parts; nil where a layer cannot be predicted. Outputs without a width are stored as their layer reads.
  func parts(_ points: [Point], in network: Network, _ layers: PredictedCostModel) throws -> [Part?] {
    func stored(_ point: Point) -> BitWidth { point.output ?? point.precision.activation }
    func alone(_ point: Point) -> Point { Point(layer: point.layer, precision: point.precision) }
    let asStored = points.map { point in
      precision(storing: stored(point), insteadOf: point.precision).map {
        Point(layer: point.layer, precision: $0)
      }
    }
    // One question, because each begins with a factorization.
    let asked = Set(points.map(alone) + asStored.compactMap(\.self)).sorted {
      ($0.layer, $0.precision.description) < ($1.layer, $1.precision.description)
    }
    let answers = Dictionary(uniqueKeysWithValues: zip(asked, try layers.outcomes(of: asked, in: network)))
    func answer(_ point: Point?) -> Cost? {
      guard let point, case .cost(let cost)? = answers[point] else { return nil }
      return cost
    }
    return zip(points, asStored).map { point, asStored -> Part? in
      guard let cost = answer(alone(point)), let latency = cost[.latency],
        let run = LayerRun(network.layers[point.layer], batch: network.batch)
      else { return nil }
      return Part(
        layer: LayerInNetwork(
          precision: point.precision, alone: latency, aloneAsStored: answer(asStored)?[.latency],
          outputs: run.outputCount, stored: stored(point), layerCount: network.layers.count),
        deviation: cost.latencyDeviation ?? 0)
    }
  }

  /// The precision at which a layer runs when its output is wider than what it reads: activations of that format, and the
  /// most weight bits.
  private func precision(storing stored: BitWidth, insteadOf precision: Precision) -> Precision? {
    guard stored != precision.activation, stored.bits >= precision.activation.bits else { return nil }
    return measuredPrecisions.filter { $0.activation == stored }.max { $0.weight.bits < $1.weight.bits }
  }
}
