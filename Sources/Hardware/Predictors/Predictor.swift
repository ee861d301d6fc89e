public import Core

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
  /// Nil where no whole network was measured: then networks are sums of their layers.
  package internal(set) var network: NetworkCorrection?

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
    precisions: [PrecisionPredictor], batches: ClosedRange<Int>, correlation: Double, origins: [Origin],
    network: NetworkCorrection? = nil
  ) {
    self.precisions = precisions
    self.batches = batches
    self.correlation = correlation
    self.origins = origins
    self.network = network
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

  /// Whether it predicts whole networks, with what lies between layers.
  public var predictsNetworks: Bool { network != nil }

  /// Kinds of layers that were measured.
  public var kinds: Set<Layer.Kind> {
    Set(precisions.flatMap { $0.observations.map(\.run.layer.kind) })
  }
}
