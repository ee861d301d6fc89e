import Foundation
public import PrecisionSearch
public import Studies

extension StudyRecords {
  /// How sensitive layers were found to be; nil where the search did not measure it.
  public func sensitivity() throws(StudyError) -> Sensitivity? {
    try document(.sensitivity, reading: Self.sensitivity)
  }

  /// `verify`, and the documents whose form this module knows.
  public func verifyWithDocuments() throws(StudyError) -> StudyVerification {
    try verify(reading: [
      .sensitivity: { _ = try Self.sensitivity($0) },
      .networkMeasurements: { _ = try StudyMeasurements(json: $0) },
    ])
  }

  /// Studies of earlier programs keep the values alone.
  private static func sensitivity(_ text: String) throws -> Sensitivity {
    do {
      return try SensitivityDocument(json: Data(text.utf8)).sensitivity
    } catch DocumentError.unnamed {
      return try JSONDecoder().decode(Sensitivity.self, from: Data(text.utf8))
    }
  }
}
