public import CostPrograms
public import Diagnostics
import Foundation
import Hashing
import PluginLoading
public import Specs
public import WorkerLaunchers

/// A spec with where it came from: enough to list it, and to find its library when a cost is asked for.
public struct Target: Sendable {
  public package(set) var spec: TargetSpec
  /// The spec file, as it was found.
  public let file: String
  public let origin: SearchPath.Origin
  /// SHA-256 of the spec file's bytes, lower-case hex.
  public let specSHA256: String
  /// From reading a spec of a newer minor version.
  public let warnings: [Diagnostic]
  /// Whether the user allows the library in this process, if the spec asks for that.
  public var inProcess = InProcess.refused
  /// Where its program runs; libraries run on this machine.
  public var programPlace = ProgramPlace(LocalLauncher())
  /// The absolute path of the running program; libraries are searched for near it.
  let program: String

  /// A larger file is not read; up to here, the reader of specs says what is too large.
  private static let specSizeLimit = 16 << 20

  /// The user's word on libraries in the program's own process.
  public enum InProcess: Hashable, Sendable {
    case refused
    case allowed
  }

  /// Where a cost program runs, and what hears of it.
  public struct ProgramPlace: Sendable {
    let launcher: any WorkerLauncher
    let onNews: CostProgramNews.Listener

    public init(_ launcher: any WorkerLauncher, onNews: @escaping CostProgramNews.Listener = { _ in }) {
      (self.launcher, self.onNews) = (launcher, onNews)
    }

    /// Whether it is this machine.
    public var isHere: Bool { launcher.remote == nil }
  }

  /// Reads the spec at `file`; throws `Diagnostics` for what it says, `TargetError` when it cannot be read.
  public init(file: String, origin: SearchPath.Origin, program: String) throws {
    let bytes = Data(try TrustedFile.read(file, limit: Self.specSizeLimit))
    let read = try TargetSpec.read(bytes, file: file)
    spec = read.spec
    warnings = read.warnings
    self.file = file
    self.origin = origin
    self.program = program
    specSHA256 = bytes.sha256
  }
}
