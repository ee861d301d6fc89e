import Core
import Foundation
import Hashing
package import PluginLoading
import Specs

extension Target {
  /// The largest library that is loaded, in bytes.
  static let librarySizeLimit = 256 << 20

  /// Where the model's library may lie, in order; `docs/spec.md` section 5. Empty for tables and programs.
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
    guard let wanted = spec.model.library else { preconditionFailure("the model has no library") }
    if let architecture = wanted.architecture, architecture != TargetSpec.Architecture.current {
      throw TargetError.wrongArchitecture(target: spec.id, library: architecture.rawValue)
    }
    guard let path = libraryCandidates.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
      throw TargetError.missingLibrary(wanted.file, target: spec.id, lookedAt: libraryCandidates)
    }
    var library = LibraryFile(path: path, bytes: try TrustedFile.read(path, limit: Self.librarySizeLimit))
    if let pinned = wanted.sha256, pinned != library.sha256 {
      throw TargetError.wrongDigest(file: path, pinned: pinned, found: library.sha256)
    }
    library.dependencies = try DependencySearch(of: library, specFolder: folder, sandbox: try? sandbox())
      .found
    try checkPins(of: library, wanted)
    return library
  }

  /// Throws unless the spec pins, with a library, all that it needs, and nothing else.
  private func checkPins(of library: LibraryFile, _ wanted: TargetSpec.Library) throws(TargetError) {
    var pins = Dictionary(wanted.dependencies.map { ($0.name, $0.sha256) }) { first, _ in first }
    for file in library.dependencies {
      let name = URL(filePath: file.path).lastPathComponent
      switch pins.removeValue(forKey: name) {
      case file.sha256?: break
      case let other?: throw .wrongDigest(file: file.path, pinned: other, found: file.sha256)
      case nil where wanted.sha256 == nil && wanted.dependencies.isEmpty: break
      case nil:
        throw .dependency(
          .unpinned(name: name, file: file.path, sha256: file.sha256, library: library.path))
      }
    }
    if let name = pins.keys.min() { throw .dependency(.notNeeded(name: name, library: library.path)) }
  }
}

/// A library as it was read from its file; these bytes, and no others, are hashed and loaded.
public struct LibraryFile: Hashable, Sendable {
  public let path: String
  /// Lower-case hex.
  public let sha256: String
  package let bytes: [UInt8]
  /// What it needs besides the system's libraries, in the order in which it must be loaded.
  public internal(set) var dependencies: [LibraryFile] = []

  init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
    sha256 = Data(bytes).sha256
  }
}

extension LibraryFile {
  /// The bytes where a sandbox can load them.
  package func sealed() throws -> SealedLibrary {
    try SealedLibrary(path: path, bytes: bytes, dependencies: try dependencies.map { try $0.sealed() })
  }
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
  /// Where the model's file may lie, in order: its library's places, its table's only one, or the files that a program's
  /// command names.
  public var modelFileCandidates: [String] {
    switch spec.model {
    case .table(let table): [path(of: table)]
    case .predictor(let predictor): [path(of: predictor)]
    case .program(let program): Array(programFiles(of: program).prefix(1))
    case .plugin, .function: libraryCandidates
    }
  }

  /// SHA-256 of the model's file, lower-case hex; nil for a program whose command names none. Refuses what
  /// `costTable(of:)` would refuse before it loads or starts it.
  public func modelFileSHA256() throws -> String? {
    switch spec.model {
    case .table(let table): try bytes(of: table).sha256
    case .predictor(let predictor): try bytes(of: predictor).sha256
    case .program(let program): try programFiles(of: program).first.map(Self.programDigest)
    case .plugin, .function: try library().sha256
    }
  }

  /// SHA-256 of what the model's library needs besides the system's libraries, by file name; refuses what
  /// `costTable(of:)` would refuse before it loads it.
  public func dependencyDigests() throws -> [String: String] {
    guard spec.model.library != nil else { return [:] }
    return Dictionary(
      try library().dependencies.map { (URL(filePath: $0.path).lastPathComponent, $0.sha256) }
    ) {
      first, _ in first
    }
  }
}
