import Foundation
package import PluginLoading
import SpecLanguage

extension Target {
  /// The largest library that is loaded, in bytes.
  static let librarySizeLimit = 256 << 20

  /// Where the plugin's library may lie, in order; `docs/spec.md` section 5.
  public var libraryCandidates: [String] {
    guard case .plugin(let plugin) = spec.model else { return [] }
    let specFolder = URL(filePath: file).absoluteURL.deletingLastPathComponent()
    let beside = specFolder.appending(path: plugin.library).path
    guard !plugin.library.contains("/") else { return [beside] }
    let programFolder = URL(filePath: program).deletingLastPathComponent()
    return [
      beside,
      programFolder.appending(path: plugin.library).path,
      programFolder.deletingLastPathComponent().appending(path: "lib/haq/\(plugin.library)").path,
    ]
  }

  /// The first candidate that exists, read once; refuses a wrong processor or digest, and a file that anyone may
  /// write to.
  public func library() throws -> LibraryFile {
    guard case .plugin(let plugin) = spec.model else { preconditionFailure("every model is a plugin") }
    if let architecture = plugin.architecture, architecture != TargetSpec.Architecture.current {
      throw TargetError.wrongArchitecture(target: spec.id, library: architecture.rawValue)
    }
    guard let path = libraryCandidates.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
      throw TargetError.missingLibrary(plugin.library, target: spec.id, lookedAt: libraryCandidates)
    }
    let library = LibraryFile(path: path, bytes: try TrustedFile.read(path, limit: Self.librarySizeLimit))
    if let pinned = plugin.sha256, pinned != library.sha256 {
      throw TargetError.wrongDigest(library: path, pinned: pinned, found: library.sha256)
    }
    return library
  }
}

/// A library as it was read from its file; these bytes, and no others, are hashed and loaded.
public struct LibraryFile: Hashable, Sendable {
  public let path: String
  /// Lower-case hex.
  public let sha256: String
  let bytes: [UInt8]

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
