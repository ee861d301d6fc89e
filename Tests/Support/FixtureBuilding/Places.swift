internal import Foundation

/// Where tests find the checkout and what the build made of it.
package enum Places {
  /// The root of the checkout, from the place of this file in it.
  package static let package = URL(filePath: #filePath)
    .appending(path: "../../../..").standardized.path

  /// The folder of haq_plugin.h.
  package static let pluginHeaders = package + "/Sources/Hardware/CHAQPlugin/include"

  /// A library that the build put beside the test bundle; throws when it is not there.
  package static func builtLibrary(_ name: String) throws -> String {
    let bundle = CommandLine.arguments[0]
    let path = URL(filePath: bundle).deletingLastPathComponent().appending(path: name).path
    guard FileManager.default.fileExists(atPath: path) else {
      throw MissingLibrary(path: path)
    }
    return path
  }

  package struct MissingLibrary: Error, CustomStringConvertible {
    var path: String
    package var description: String { "\(path) is absent; run swift build --build-tests" }
  }
}
