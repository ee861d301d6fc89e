import Core
import Foundation
import Rendering

/// All measurements of one run of the program.
struct BenchmarkReport {
  private let cores: Int
  private let measurements: [Measurement]

  init(cores: Int, sections: [[Measurement]]) {
    self.cores = cores
    measurements = sections.flatMap(\.self)
  }

  /// Whether a promise is broken.
  var hasMissedFloor: Bool { measurements.contains { $0.isMet == false } }

  /// The report for a terminal.
  var text: String {
    var table = TextTable([
      .init("measurement"), .init("median", .right), .init("least - greatest", .right), .init("runs", .right),
      .init("unit"), .init("floor"),
    ])
    for measurement in measurements {
      let values = measurement.values
      table.add([
        measurement.what, Self.number(measurement.median),
        "\(Self.number(values.first!)) - \(Self.number(values.last!))", "\(values.count)", measurement.unit,
        Self.verdict(on: measurement),
      ])
    }
    return "haq \(ProgramVersion.current), \(cores) cores, wall-clock time\n\n\(table.text)"
  }

  private static func verdict(on measurement: Measurement) -> String {
    guard let floor = measurement.floor, let isMet = measurement.isMet else { return "" }
    return "at \(measurement.isGain ? "least" : "most") \(number(floor)): \(isMet ? "met" : "MISSED")"
  }

  /// Three digits are more than such measurements are good for.
  private static func number(_ value: Double) -> String {
    switch value {
    case 1e6...: String(format: "%.2f million", value / 1e6)
    case 100...: String(format: "%.0f", value)
    case 10...: String(format: "%.1f", value)
    case 0.1...: String(format: "%.2f", value)
    default: String(format: "%.2g", value)
    }
  }
}

extension BenchmarkReport: Encodable {
  private struct Line: Encodable {
    var what, unit: String
    var median, least, greatest: Double
    var runs: Int
    var floor: Double?
    var isMet: Bool?

    enum CodingKeys: String, CodingKey {
      case what, unit, median, least, greatest, runs, floor
      case isMet = "is_met"
    }
  }

  private enum Key: String, CodingKey {
    case programVersion = "program_version"
    case cores
    case measurements
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(ProgramVersion.current, forKey: .programVersion)
    try container.encode(cores, forKey: .cores)
    let lines = measurements.map {
      Line(
        what: $0.what, unit: $0.unit, median: $0.median, least: $0.values.first!, greatest: $0.values.last!,
        runs: $0.values.count, floor: $0.floor, isMet: $0.isMet)
    }
    try container.encode(lines, forKey: .measurements)
  }
}
