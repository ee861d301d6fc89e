import Documents
import FixtureBuilding
import Foundation

/// Hand-written documents in `Samples`, one of each format, with every key that the format has.
enum Samples {
  private static let folder = "\(Places.package)/Tests/Presentation/DocumentsTests/Samples"

  static func bytes(of type: any Document.Type) throws -> Data {
    try Data(contentsOf: URL(filePath: "\(folder)/\(type.schema.name).json"))
  }

  static func read<D: Document>(_ type: D.Type = D.self) throws -> D { try D(json: try bytes(of: type)) }

  /// The lines of a text, runs of spaces as one, so that the widths of columns do not matter.
  static func lines(_ text: String) -> [String] {
    text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
  }
}
