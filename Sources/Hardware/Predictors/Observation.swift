import Foundation

/// A run whose latency was measured.
public struct Observation: Hashable, Sendable {
  public let run: LayerRun
  /// Seconds of the batch, > 0 and finite.
  public let latency: Double

  /// Nil for a latency that has no logarithm.
  public init?(_ run: LayerRun, latency: Double) {
    guard latency > 0, latency.isFinite else { return nil }
    self.run = run
    self.latency = latency
  }

  /// Natural, of seconds.
  var logarithm: Double { log(latency) }
}
