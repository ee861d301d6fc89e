import Foundation

/// Where studies lie in folders.
public enum StudyPlaces {
  /// The name of the study in a run folder.
  public static let fileName = "study.haq"

  /// How many levels below a folder are searched for studies.
  private static let depth = 4

  /// The study that a user names by its file or by its run folder.
  public static func study(named path: String) throws(StudyError) -> String {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw .missing(path: path)
    }
    guard isFolder.boolValue else { return path }
    let file = path.hasSuffix("/") ? path + fileName : "\(path)/\(fileName)"
    guard FileManager.default.fileExists(atPath: file) else { throw .missing(path: path) }
    return file
  }

  /// The study files in a folder and below, sorted; hidden folders are left out.
  public static func studies(below folder: String) -> [String] {
    guard
      let walk = FileManager.default.enumerator(
        at: URL(filePath: folder), includingPropertiesForKeys: nil, options: [.skipsHiddenFiles])
    else { return [] }
    var found: [String] = []
    while let url = walk.nextObject() as? URL {
      if walk.level >= depth { walk.skipDescendants() }
      if url.pathExtension == "haq" { found.append(url.path) }
    }
    let prefix = URL(filePath: folder).standardizedFileURL.path + "/"
    return found.map { path in
      guard folder == ".", path.hasPrefix(prefix) else { return path }
      return String(path.dropFirst(prefix.count))
    }.sorted()
  }
}
