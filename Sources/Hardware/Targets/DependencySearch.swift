import ELFFiles
import Foundation
import Glibc
import PluginLoading

/// Finds what a library needs besides the system's libraries, as the loader would, and reads each file once.
struct DependencySearch {
  /// In the order in which they must be loaded: each after what it needs itself.
  private(set) var found: [LibraryFile] = []
  private let ownFolders: [String]
  /// What every sandbox has loaded before.
  private let present: Set<String>
  private var visited: Set<String> = []

  private static let systemFolders = [
    "/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/local/lib", "/usr/local/lib64",
  ]

  /// - Parameters:
  ///   - folder: Of the spec.
  ///   - sandbox: The program `haq-sandbox`, whose own libraries are there already; nil where it is missing.
  init(of library: LibraryFile, specFolder folder: String, sandbox: String?) throws(TargetError) {
    let program = sandbox.flatMap { try? Data(contentsOf: URL(filePath: $0), options: .alwaysMapped) }
      .flatMap { DynamicSection(of: $0) }
    present = Set(program?.needed ?? [])
    ownFolders = [folder, Self.folder(of: library.path)].compactMap(Self.resolved)
    guard DynamicSection.isKind(of: Data(library.bytes)) else { return }
    try search(for: library.bytes, at: library.path, inherited: [])
  }

  /// - Parameter inherited: folders that the libraries which need this one pass on.
  private mutating func search(
    for bytes: [UInt8], at path: String, inherited: [String]
  ) throws(TargetError) {
    guard let section = DynamicSection(of: Data(bytes)) else { throw .dependency(.unreadable(library: path)) }
    guard !section.isFilter else {
      throw .dependency(.unsupported(library: path, what: "stands in front of another library (DT_FILTER)"))
    }
    let own = section.searchPath.map { Self.expanded($0, origin: Self.folder(of: path)) }
    if let unknown = own.first(where: { !$0.hasPrefix("/") || $0.contains("$") }) {
      throw .dependency(.unsupported(library: path, what: "has \(unknown) in its search path"))
    }
    let folders = own + (section.isInherited || own.isEmpty ? inherited : [])
    try check(folders, of: path)
    for name in section.needed where !present.contains(name) && visited.insert(name).inserted {
      guard !name.contains("/") else {
        throw .dependency(.unsupported(library: path, what: "needs \(name) by its path"))
      }
      guard let folder = folders.first(where: { access("\($0)/\(name)", F_OK) == 0 }) else {
        // What is nowhere in the search path is one of the system's, or the loader says that it is missing.
        continue
      }
      try add(name, in: folder, for: path, inherited: section.isInherited ? folders : inherited)
    }
  }

  private mutating func add(
    _ name: String, in folder: String, for library: String, inherited: [String]
  ) throws(TargetError) {
    let file = "\(folder)/\(name)"
    guard let real = realpath(file, nil) else {
      throw .unreadable(file, reason: String(cString: strerror(errno)))
    }
    defer { free(real) }
    let place = Self.folder(of: String(cString: real))
    guard !Self.isInside(place, Self.systemFolders.compactMap(Self.resolved)) else { return }
    guard Self.isInside(place, ownFolders) else {
      throw .dependency(.outside(name: name, library: library, folder: folder))
    }
    let read = LibraryFile(path: file, bytes: try TrustedFile.read(file, limit: Target.librarySizeLimit))
    guard let stated = DynamicSection(of: Data(read.bytes)) else {
      throw .dependency(.unreadable(library: file))
    }
    guard stated.name == name else {
      throw .dependency(.otherName(file: file, needed: name, stated: stated.name))
    }
    try search(for: read.bytes, at: file, inherited: inherited)
    guard found.count < SealedLibrary.dependencyLimit else {
      throw .dependency(.tooMany(library: library, limit: SealedLibrary.dependencyLimit))
    }
    found.append(read)
  }

  /// Throws when another user could put a file where the loader looks for one.
  private func check(_ folders: [String], of library: String) throws(TargetError) {
    for folder in folders {
      do {
        try TrustedFile.checkFolder(folder)
      } catch {
        throw .dependency(.openFolder(folder, library: library))
      }
    }
  }

  /// As the loader understands a folder of a search path.
  private static func expanded(_ folder: String, origin: String) -> String {
    folder.replacing("${ORIGIN}", with: origin).replacing("$ORIGIN", with: origin)
  }

  private static func folder(of file: String) -> String {
    URL(filePath: file).absoluteURL.deletingLastPathComponent().path
  }

  private static func resolved(_ folder: String) -> String? {
    guard let path = realpath(folder, nil) else { return nil }
    defer { free(path) }
    return String(cString: path)
  }

  private static func isInside(_ folder: String, _ others: [String]) -> Bool {
    others.contains { folder == $0 || folder.hasPrefix($0 + "/") }
  }
}
