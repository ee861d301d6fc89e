import Core
import Foundation
import Rendering
public import Studies

/// What the network of a study took on devices, under the policy that the search found: the latest of each target.
public struct StudyMeasurements: Hashable, Sendable {
  public private(set) var all: [NetworkMeasurementDocument] = []

  public init() {}

  /// Throws `DocumentError`.
  public init(json text: String) throws {
    do {
      all = try FormatKeys.decoder.decode([Stamped<NetworkMeasurementDocument>].self, from: Data(text.utf8))
        .map(\.document)
    } catch let error as DecodingError {
      throw DocumentError(error, in: NetworkMeasurementDocument.schema)
    }
  }

  /// As a study keeps them.
  public func json() throws -> String { try JSONReport.text(of: all.map(Stamped.init)) }

  /// An earlier measurement on the same target is replaced.
  public mutating func add(_ measurement: NetworkMeasurementDocument) {
    all.removeAll { $0.target.id == measurement.target.id }
    all.append(measurement)
  }
}

extension StudyRecords {
  /// Empty before the searched network was run on a device.
  public func measurements() throws(StudyError) -> StudyMeasurements {
    try document(.networkMeasurements, reading: StudyMeasurements.init(json:)) ?? StudyMeasurements()
  }
}
