import FixtureBuilding
import Foundation
import Specs

/// Files of the checkout that tests read.
enum Fixtures {
  static let root = URL(filePath: Places.package)

  static func bytes(_ path: String) throws -> Data {
    try Data(contentsOf: root.appending(path: path))
  }

  static func spec(_ name: String) throws -> TargetSpec {
    try TargetSpec.read(try bytes("Tests/Fixtures/specs/\(name).json"), file: "\(name).json").spec
  }

  /// The JSON between the code fences of a page of documentation.
  static func example(in page: String) throws -> Data {
    let text = String(decoding: try bytes("docs/\(page)"), as: UTF8.self)
    let parts = text.components(separatedBy: "```json\n")
    return Data((parts.last ?? "").components(separatedBy: "```")[0].utf8)
  }
}
