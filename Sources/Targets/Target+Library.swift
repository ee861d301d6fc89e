import Diagnostics
import Foundation
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

  /// The first candidate that exists, with its SHA-256; refuses a wrong processor or digest.
  public func library() throws -> (path: String, sha256: String) {
    guard case .plugin(let plugin) = spec.model else { preconditionFailure("every model is a plugin") }
    if let architecture = plugin.architecture, architecture != TargetSpec.Architecture.current {
      throw TargetError.wrongArchitecture(target: spec.id, library: architecture.rawValue)
    }
    let files = FileManager.default
    guard let path = libraryCandidates.first(where: { files.fileExists(atPath: $0) }) else {
      throw TargetError.missingLibrary(plugin.library, target: spec.id, lookedAt: libraryCandidates)
    }
    do {
      let size = try files.attributesOfItem(atPath: path)[.size] as? Int ?? 0
      guard size <= Self.librarySizeLimit else {
        throw TargetError.unreadable(
          path, reason: "it has \(size) bytes; at most \(Self.librarySizeLimit) are loaded")
      }
      let sha256 = try Data(contentsOf: URL(filePath: path), options: .mappedIfSafe).sha256
      if let pinned = plugin.sha256, pinned != sha256 {
        throw TargetError.wrongDigest(library: path, pinned: pinned, found: sha256)
      }
      return (path, sha256)
    } catch let error as TargetError {
      throw error
    } catch {
      throw TargetError.unreadable(path, reason: error.systemReason)
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
