public import Core
import Foundation

/// What layers cost alone by a predictor: their latency, and nothing that lies between them.
public struct PredictedCostModel: CostModel {
  private let predictor: Predictor
  private let file: String

  /// - Parameter file: how messages call the predictor.
  public init(_ predictor: Predictor, file: String) {
    self.predictor = predictor
    self.file = file
  }

  public var errorCorrelation: Double { predictor.correlation }

  /// Medians and deviations; a point is unsupported where no layer of its family was measured at its precision.
  ///
  /// Throws `PredictorError` for a batch that is outside of what was measured, and for a file whose numbers no fit gave.
  public func outcomes(of points: [Point], in network: Network) throws -> [PointOutcome] {
    guard predictor.batches.contains(network.batch) else {
      throw PredictorError.otherBatch(network.batch, measured: predictor.batches, file: file)
    }
    var outcomes = [PointOutcome](repeating: .unsupported, count: points.count)
    let indices = Dictionary(grouping: points.indices) { points[$0].precision }
    for model in predictor.precisions {
      // Layers of one shape are asked about once.
      var runs: [LayerRun: [Int]] = [:]
      for index in indices[model.precision] ?? [] {
        let layer = points[index].layer
        guard network.layers.indices.contains(layer),
          let run = LayerRun(network.layers[layer], batch: network.batch)
        else { continue }
        runs[run, default: []].append(index)
      }
      guard !runs.isEmpty else { continue }
      let asked = Array(runs.keys)
      guard let predictions = model.predictions(of: asked) else {
        throw PredictorError.notOfAFit(precision: model.precision, file: file)
      }
      for (run, prediction) in zip(asked, predictions) {
        guard let prediction else { continue }
        let latency = exp(prediction.logarithm)
        guard latency.isFinite, prediction.deviation.isFinite else {
          throw PredictorError.notOfAFit(precision: model.precision, file: file)
        }
        let cost = Cost(values: [.latency: latency], latencyDeviation: prediction.deviation)
        for index in runs[run] ?? [] { outcomes[index] = .cost(cost) }
      }
    }
    return outcomes
  }
}
