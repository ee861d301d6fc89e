public import Core
import Rendering

/// What a whole network took on a device, beside what was predicted; a part of documents.
public struct DeviceMeasurement: Hashable, Sendable, Codable {
  public var target: MeasuredTargetPart
  /// The network, what its layers add up to, and the difference, in seconds for the whole batch.
  public var latency: NetworkGap
  /// What the search counted with; absent where that was no latency.
  public var prediction: NetworkMeasurementDocument.PredictionPart?
  /// ISO 8601, UTC.
  public var measuredAt: String

  private enum CodingKeys: String, CodingKey {
    case target, latency, prediction
    case measuredAt = "measured_at"
  }

  public init(_ measurement: NetworkMeasurementDocument) {
    target = measurement.target
    latency = measurement.latency
    prediction = measurement.prediction
    measuredAt = measurement.measuredAt
  }

  /// `On my-cpu (...), the network took 1.100 ms; board predicted 1.000 ms (-9.09 % off), and its layers ...`
  var sentence: String {
    let predicted = prediction.map { prediction in
      "\(prediction.target) predicted \(Quantity.seconds(prediction.latencySeconds))"
        + (prediction.error.map { " (\(Quantity.signedPercent($0)) off)" } ?? "") + ", and "
    }
    return "On \(target.title), the network took \(Quantity.seconds(latency.network)); \(predicted ?? "")"
      + "its layers alone add up to \(Quantity.seconds(latency.sumOfLayers)). Measured at \(measuredAt)."
  }
}
