public import Core
import Foundation

/// Latencies of layers that nobody measured, from layers that somebody did; `docs/predictor.md`.
public struct Predictor: Sendable {
  /// Ascending by precision.
  let precisions: [PrecisionPredictor]
  /// Samples that layers were measured at; others are refused.
  public let batches: ClosedRange<Int>
  /// Of the errors of two layers of a network, 0 to 1.
  public internal(set) var correlation: Double
  /// What the layers were measured in, for people: file names and digests.
  public internal(set) var origins: [Origin]

  /// A table that latencies come from.
  public struct Origin: Hashable, Sendable, Codable {
    public var file: String
    /// Lower-case hex.
    public var sha256: String

    public init(file: String, sha256: String) {
      self.file = file
      self.sha256 = sha256
    }
  }

  /// How sure predictions are where no cross-validation tells.
  static let assumedCorrelation = 0.2

  init(
    precisions: [PrecisionPredictor], batches: ClosedRange<Int>, correlation: Double, origins: [Origin]
  ) {
    self.precisions = precisions
    self.batches = batches
    self.correlation = correlation
    self.origins = origins
  }

  /// The precisions that were measured, by bits of weights, then of activations.
  public var measuredPrecisions: [Precision] { precisions.map(\.precision) }

  /// How many points it learned from.
  public var pointCount: Int { precisions.reduce(0) { $0 + $1.observations.count } }

  /// The same of one precision.
  public func pointCount(of precision: Precision) -> Int {
    precisions.first { $0.precision == precision }?.observations.count ?? 0
  }

  /// By how much the process is less sure at a precision than it says; nil where nothing was measured.
  public func widening(of precision: Precision) -> Double? {
    precisions.first { $0.precision == precision }?.widening
  }

  /// Kinds of layers that were measured.
  public var kinds: Set<Layer.Kind> {
    Set(precisions.flatMap { $0.observations.map(\.run.layer.kind) })
  }
}

/// Costs of a predictor: latency alone.
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

/// Why a predictor does not predict.
public enum PredictorError: Error, Hashable, Sendable, CustomStringConvertible {
  case otherBatch(Int, measured: ClosedRange<Int>, file: String)
  /// Numbers of a file that give no costs.
  case notOfAFit(precision: Precision, file: String)

  public var description: String {
    switch self {
    case .otherBatch(let batch, let measured, let file):
      let known =
        measured.lowerBound == measured.upperBound
        ? "batch \(measured.lowerBound)" : "batches \(measured.lowerBound) to \(measured.upperBound)"
      return
        "\(file): the layers were measured at \(known), not at \(batch). Costs of a batch do not scale: ask for "
        + "--batch \(measured.lowerBound), or measure and fit batch \(batch) too."
    case .notOfAFit(let precision, let file):
      return
        "\(file): the numbers of \(precision) are none that a fit gives. Fit the tables anew with haq fit."
    }
  }
}
