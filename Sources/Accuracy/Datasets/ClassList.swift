import Foundation

/// The names of classes in the order of labels, one list for all splits of a data set.
package struct ClassList: Hashable, Sendable {
  package let names: [String]
  /// The file that states the names, or the folder whose class folders they are.
  private let origin: String

  /// One class for images whose classes nobody knows.
  static func unknown(in folder: String) -> ClassList { ClassList(names: ["unknown"], origin: folder) }

  private init(names: [String], origin: String) {
    self.names = names
    self.origin = origin
  }

  /// A file with one class name a line, in the order of the network's outputs.
  package init(file path: String) throws(DatasetError) {
    guard let text = String(validating: try BoundedFile.read(path, limit: 16 << 20), as: UTF8.self) else {
      throw .unreadable(path: path)
    }
    let names = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }
    guard !names.isEmpty else { throw .malformed(path: path, reason: "it names no class") }
    let counts = Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +)
    if let twice = names.first(where: { counts[$0]! > 1 }) {
      throw .malformed(path: path, reason: "it names the class \"\(twice)\" twice")
    }
    self.names = names
    origin = path
  }

  /// The class folders of `path` in the order of their bytes, as Python sorts them.
  package init(foldersOf path: String) throws(DatasetError) {
    names = try FolderEntry.visible(in: path).filter(\.isFolder).map(\.name)
    guard !names.isEmpty else {
      throw .malformed(
        path: path,
        reason: "it holds no class folders; images lie in one folder for each class, or need no labels with "
          + "--objective agreement")
    }
    origin = path
  }

  /// Throws when `folder` has class folders that this list does not name.
  func requireKnown(_ found: [String], in folder: String) throws(DatasetError) {
    let known = Set(names)
    let strangers = found.filter { !known.contains($0) }
    guard !strangers.isEmpty else { return }
    throw .malformed(
      path: folder,
      reason:
        "\(origin) names \(Self.listed(names)), and not \(Self.listed(strangers)), which are folders here")
  }

  private static func listed(_ names: [String]) -> String {
    let shown = names.prefix(10).map { "\"\($0)\"" }.joined(separator: ", ")
    return names.count > 10 ? "\(shown) and \(names.count - 10) more" : shown
  }
}
