public import Diagnostics
import Foundation
public import SpecLanguage

/// A spec with where it came from: enough to list it, and to find its library when a cost is asked for.
public struct Target: Sendable {
  public internal(set) var spec: TargetSpec
  /// The spec file, as it was found.
  public let file: String
  public let origin: SearchPath.Origin
  /// SHA-256 of the spec file's bytes, lower-case hex.
  public let specSHA256: String
  /// From reading a spec of a newer minor version.
  public let warnings: [Diagnostic]
  /// The absolute path of the running program; libraries are looked for near it.
  let program: String

  /// Reads the spec at `file`; throws `Diagnostics` for what it says, `TargetError` when it cannot be read.
  public init(file: String, origin: SearchPath.Origin, program: String) throws {
    let bytes = try Self.bytes(of: file)
    let read = try TargetSpec.read(bytes, file: file)
    spec = read.spec
    warnings = read.warnings
    self.file = file
    self.origin = origin
    self.program = program
    specSHA256 = bytes.sha256
  }

  private static func bytes(of file: String) throws -> Data {
    do {
      return try Data(contentsOf: URL(filePath: file))
    } catch {
      throw TargetError.unreadable(file, reason: error.systemReason)
    }
  }
}
