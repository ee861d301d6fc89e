import Foundation

/// A name in a folder.
struct FolderEntry: Hashable {
  var name: String
  var path: String
  var isFolder: Bool
  /// Names with a dot in front are those of tools, such as `.ipynb_checkpoints`.
  var isHidden: Bool { name.hasPrefix(".") }

  /// Everything in a folder, in the order of its bytes; links are followed.
  static func all(in folder: String) throws(DatasetError) -> [FolderEntry] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder)
        .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        .map { name in
          let path = "\(folder)/\(name)"
          return FolderEntry(name: name, path: path, isFolder: Self.isFolder(path))
        }
    } catch {
      throw .unreadable(path: folder)
    }
  }

  static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }

  static func visible(in folder: String) throws(DatasetError) -> [FolderEntry] {
    try all(in: folder).filter { !$0.isHidden }
  }
}
