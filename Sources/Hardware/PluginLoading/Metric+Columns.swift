package import CHAQPlugin
package import Core

extension Metric {
  /// The bit of `haq_plugin.provides`; nil for what no plugin gives.
  var column: UInt32? {
    switch self {
    case .latency: HAQ_LATENCY
    case .energy: HAQ_ENERGY
    case .weightBytes: HAQ_WEIGHT_BYTES
    case .trafficBytes: HAQ_TRAFFIC_BYTES
    case .bufferBytes: HAQ_BUFFER_BYTES
    case .peakActivationBytes: nil
    }
  }

  /// Where a plugin writes its costs; nil for what no plugin gives.
  package var resultColumn: WritableKeyPath<haq_results, UnsafeMutablePointer<Double>?>? {
    switch self {
    case .latency: \haq_results.latency_s
    case .energy: \haq_results.energy_j
    case .weightBytes: \haq_results.weight_bytes
    case .trafficBytes: \haq_results.traffic_bytes
    case .bufferBytes: \haq_results.buffer_bytes
    case .peakActivationBytes: nil
    }
  }
}
