import Core
import Foundation
import Hashing
package import PluginLoading
import Specs

extension Target {
  /// The largest library that is loaded, in bytes.
  static let librarySizeLimit = 256 << 20

  /// Where the model's library may lie, in order; `docs/spec.md` section 5. Empty for a table.
  public var libraryCandidates: [String] {
    guard let library = spec.model.library else { return [] }
    let specFolder = URL(filePath: file).absoluteURL.deletingLastPathComponent()
    let beside = specFolder.appending(path: library.file).path
    guard !library.file.contains("/") else { return [beside] }
    return [beside] + Installation(program: program).libraries(named: library.file)
  }

  /// The first candidate that exists, read once; refuses a wrong processor or digest, and a file that anyone may
  /// write to.
  ///
  /// - Precondition: the model has a library.
  public func library() throws -> LibraryFile {
    guard let wanted = spec.model.library else { preconditionFailure("a table has no library") }
    if let architecture = wanted.architecture, architecture != TargetSpec.Architecture.current {
      throw TargetError.wrongArchitecture(target: spec.id, library: architecture.rawValue)
    }
    guard let path = libraryCandidates.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
      throw TargetError.missingLibrary(wanted.file, target: spec.id, lookedAt: libraryCandidates)
    }
    let library = LibraryFile(path: path, bytes: try TrustedFile.read(path, limit: Self.librarySizeLimit))
    if let pinned = wanted.sha256, pinned != library.sha256 {
      throw TargetError.wrongDigest(file: path, pinned: pinned, found: library.sha256)
    }
    return library
  }
}

/// A library as it was read from its file; these bytes, and no others, are hashed and loaded.
public struct LibraryFile: Hashable, Sendable {
  public let path: String
  /// Lower-case hex.
  public let sha256: String
  package let bytes: [UInt8]

  init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
    sha256 = Data(bytes).sha256
  }
}

extension LibraryFile {
  /// The bytes where a sandbox can load them.
  package func sealed() throws -> SealedLibrary { try SealedLibrary(path: path, bytes: bytes) }
}

extension TrustedFile {
  /// The bytes of a trusted file; throws `TargetError`.
  static func read(_ path: String, limit: Int) throws(TargetError) -> [UInt8] {
    do {
      return try bytes(of: path, limit: limit)
    } catch {
      if case .unreadable(_, let reason) = error { throw .unreadable(path, reason: reason) }
      throw .untrusted(error)
    }
  }
}

extension TargetSpec.Architecture {
  /// The processor that this program was built for; nil for one that no spec can name.
  static var current: TargetSpec.Architecture? {
    #if arch(x86_64)
      .x86_64
    #elseif arch(arm64)
      .aarch64
    #else
      nil
    #endif
  }
}

extension Target {
  /// Where the model's file may lie, in order: its library's places, or its table's only one.
  public var modelFileCandidates: [String] {
    if case .table(let table) = spec.model { return [path(of: table)] }
    return libraryCandidates
  }

  /// SHA-256 of the model's file, lower-case hex; refuses what `costTable(of:)` would refuse before it loads it.
  public func modelFileSHA256() throws -> String {
    if case .table(let table) = spec.model { return try bytes(of: table).sha256 }
    return try library().sha256
  }
}
