public import Core
import CostPrograms
public import Measuring
import Rendering
import Specs

/// Predicted against measured for a network under a policy: the result of `haq measure --policy`.
public struct NetworkMeasurementDocument: Document {
  public static let schema: SchemaName = "haq.network-measurement/1.0"

  public var network: String
  /// Of the layer shapes; docs/network.md section 3.
  public var networkSHA256: String
  public var batch: Int
  public var target: MeasuredTargetPart
  /// The exported network that ran; absent where haq exported it for the measurement.
  public var file: String?
  /// Of the exported network's bytes.
  public var fileSHA256: String
  public var layers: [LayerPart]
  /// The network, what its layers add up to, and the difference, in seconds for the whole batch.
  public var latency: NetworkGap
  /// What another target says of the network; absent where none was asked.
  public var prediction: PredictionPart?
  /// Of the network: half the distance between the quartiles of the repetitions, by their median.
  public var spread: Double?
  public var repetitions: Int?
  /// The network's latency without joining operators, in seconds, and the share of it that joining saves; absent where
  /// the program does not measure it.
  public var unfusedSeconds: Double?
  public var fusionSaving: Double?
  /// The share of the network's latency that each kind of operator takes; absent where the program does not say.
  public var shares: [String: Double]?
  /// When the network was measured, and when its layers were, in ISO 8601, UTC.
  public var measuredAt: String
  public var layersFirstAt: String?
  public var layersLastAt: String?
  public var programVersion: String

  /// A layer alone.
  public struct LayerPart: Hashable, Sendable, Codable {
    public var name: String
    /// Such as `W8A8`.
    public var precision: String
    /// What the target runs it as; absent where that is the same.
    public var costedAs: String?
    public var latencySeconds: Double

    private enum CodingKeys: String, CodingKey {
      case name, precision
      case costedAs = "costed_as"
      case latencySeconds = "latency_s"
    }
  }

  /// The latency of a network by a target that was not run.
  public struct PredictionPart: Hashable, Sendable, Codable {
    /// The id of the target.
    public var target: String
    /// Of the whole batch.
    public var latencySeconds: Double
    /// Between which it is with a probability of 90 %; absent where the target does not say how sure it is.
    public var lowSeconds: Double?
    public var highSeconds: Double?
    /// (predicted - measured) / measured.
    public var error: Double?

    private enum CodingKeys: String, CodingKey {
      case target, error
      case latencySeconds = "latency_s"
      case lowSeconds = "low_s"
      case highSeconds = "high_s"
    }

    public init(target: String, latency: Double, interval: ClosedRange<Double>?) {
      self.target = target
      latencySeconds = latency
      (lowSeconds, highSeconds) = (interval?.lowerBound, interval?.upperBound)
    }
  }

  private enum CodingKeys: String, CodingKey {
    case network, batch, target, file, layers, latency, prediction, spread, repetitions, shares
    case networkSHA256 = "network_sha256"
    case fileSHA256 = "file_sha256"
    case unfusedSeconds = "unfused_s"
    case fusionSaving = "fusion_saving"
    case measuredAt = "measured_at"
    case layersFirstAt = "layers_first_at"
    case layersLastAt = "layers_last_at"
    case programVersion = "program_version"
  }

  /// - Parameter file: The exported network, and the SHA-256 of its bytes; no name where the user has not named it.
  public init(
    _ measurement: NetworkMeasurement, of target: MeasuredTargetPart, file: (name: String?, sha256: String),
    predictedBy prediction: PredictionPart? = nil
  ) {
    network = measurement.network.name
    networkSHA256 = measurement.network.shapeSHA256
    batch = measurement.network.batch
    self.target = target
    (self.file, fileSHA256) = (file.name, file.sha256)
    layers = measurement.layers.map {
      LayerPart(
        name: $0.name, precision: $0.precision.description, costedAs: $0.costedAs?.description,
        latencySeconds: $0.latencySeconds)
    }
    latency = measurement.gap
    let measured = measurement.gap.network
    self.prediction = prediction
    if let prediction, measured > 0 { self.prediction?.error = prediction.latencySeconds / measured - 1 }
    let answer = measurement.whole.answer
    (spread, repetitions, unfusedSeconds) = (answer.spread, answer.repetitions, answer.unfusedSeconds)
    (fusionSaving, shares) = (measurement.fusionSaving, answer.shares)
    measuredAt = measurement.whole.at
    layersFirstAt = measurement.layers.map(\.at).min()
    layersLastAt = measurement.layers.map(\.at).max()
    programVersion = ProgramVersion.current
  }
}

extension NetworkMeasurementDocument {
  /// For a terminal.
  public var text: String {
    var table = TextTable([.init(""), .init("latency", .right), .init("")])
    let rounded = layers.count { $0.costedAs != nil }
    table.add([
      "layers alone", Quantity.seconds(latency.sumOfLayers),
      "the sum of \(Quantity.counted(layers.count, "layer")), each measured alone"
        + (rounded > 0 ? ", \(rounded) of them at other widths than asked for" : ""),
    ])
    if let prediction {
      let interval = prediction.lowSeconds.flatMap { low in
        prediction.highSeconds.map { "; 90 % interval \(Quantity.seconds(low)) to \(Quantity.seconds($0))" }
      }
      table.add([
        "predicted", Quantity.seconds(prediction.latencySeconds),
        "by \(prediction.target)\(prediction.error.map { ", \(Quantity.signedPercent($0)) off" } ?? "")\(interval ?? "")",
      ])
    }
    let certainty = [
      spread.map { "spread \(Quantity.percent($0))" }, repetitions.map { "\($0) repetitions" },
    ].compactMap(\.self).joined(separator: ", ")
    table.add(["measured", Quantity.seconds(latency.network), certainty])
    table.add([
      "difference", (latency.difference < 0 ? "-" : "+") + Quantity.seconds(abs(latency.difference)),
      "\(latency.relativeDifference.map(Quantity.signedPercent) ?? "-") of the sum: what lies between layers, less what "
        + "joining saves",
    ])
    if let unfusedSeconds {
      table.add([
        "not joined", Quantity.seconds(unfusedSeconds),
        "the same file with its operators one by one"
          + (fusionSaving.map { "; joining saves \(Quantity.percent($0))" } ?? ""),
      ])
    }
    let parts = (shares ?? [:]).sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(8)
      .map { "\($0.key) \(Quantity.percent($0.value))" }
    return "\(network) on \(target.title), batch \(batch)\n\n\(table.text)"
      + (parts.isEmpty ? "" : "By operator: \(parts.joined(separator: ", ")).\n")
      + "Measured at \(measuredAt)"
      + (layersFirstAt == layersLastAt
        ? ", layers at \(layersFirstAt ?? "-").\n"
        : ", layers from \(layersFirstAt ?? "-") to \(layersLastAt ?? "-").\n")
  }
}
