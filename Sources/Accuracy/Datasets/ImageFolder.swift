package import DataRequests
import Foundation

/// A folder with one folder of images for each class, walked as torchvision's `ImageFolder` walks it.
///
/// Images may lie at any depth below their class's folder. Links are followed, each folder once.
package struct ImageFolder {
  package let path: String
  package let classes: ClassList
  package private(set) var census = FolderCensus()
  private var files: [(path: String, label: Int32)] = []

  /// The suffixes that torchvision's `ImageFolder` takes, in any case.
  static let suffixes = ["jpg", "jpeg", "png", "ppm", "bmp", "pgm", "tif", "tiff", "webp"]

  /// - Parameters:
  ///   - classes: The names in the order of labels. Folders of some may be missing; others may not be there.
  ///   - skipUnreadable: Decodes every image now, and leaves out those that cannot be decoded.
  /// - Throws: `DatasetError` when a folder cannot be read, is not that of a class, or holds no image.
  package init(path: String, classes: ClassList, skipUnreadable: Bool = false) throws(DatasetError) {
    self.path = path
    self.classes = classes
    let entries = try FolderEntry.all(in: path)
    for entry in entries where entry.isHidden || !entry.isFolder { census.leaveOut(entry) }
    let found = entries.filter { $0.isFolder && !$0.isHidden }
    try classes.requireKnown(found.map(\.name), in: path)
    let folders = Dictionary(uniqueKeysWithValues: found.map { ($0.name, $0.path) })
    for (label, name) in classes.names.enumerated() {
      guard let folder = folders[name] else { continue }
      try add(folder, label: Int32(label))
    }
    guard !files.isEmpty else {
      throw .malformed(
        path: path,
        reason: "it holds no class folders; images lie in one folder for each class, or need no labels with "
          + "--objective agreement")
    }
    if skipUnreadable { try leaveOutUnreadable() }
    for file in files { census.use(file.path) }
  }

  /// All images below a folder, whose classes nobody knows: all have the label 0.
  ///
  /// - Throws: `DatasetError` when a folder cannot be read, or none holds an image.
  package init(unlabelled path: String, skipUnreadable: Bool = false) throws(DatasetError) {
    self.path = path
    classes = ClassList.unknown(in: path)
    try add(path, label: 0)
    if skipUnreadable { try leaveOutUnreadable() }
    for file in files { census.use(file.path) }
  }

  /// The images of one class, folder by folder in the order of paths.
  private mutating func add(_ folder: String, label: Int32) throws(DatasetError) {
    var seen: Set<String> = []
    var others: [FolderEntry] = []
    var count = 0
    var waiting = [folder]
    while let next = waiting.popLast() {
      guard seen.insert(URL(filePath: next).resolvingSymlinksInPath().path).inserted else { continue }
      let entries = try FolderEntry.all(in: next)
      for entry in entries where entry.isHidden || !entry.isFolder {
        if Self.isImage(entry) {
          files.append((entry.path, label))
          count += 1
        } else {
          others.append(entry)
        }
      }
      waiting += entries.filter { $0.isFolder && !$0.isHidden }.map(\.path).reversed()
    }
    for entry in others { census.leaveOut(entry) }
    guard count > 0 else {
      let list = Self.suffixes.map { ".\($0)" }.joined(separator: ", ")
      let names = others.prefix(3).map { "\"\($0.name)\"" }.joined(separator: ", ")
      throw .malformed(
        path: folder,
        reason: "it holds no image at any depth (\(list))" + (names.isEmpty ? "" : ", but \(names)")
          + "; remove the folder, or name the class folders' own parent")
    }
  }

  private static func isImage(_ entry: FolderEntry) -> Bool {
    !entry.isHidden && suffixes.contains(URL(filePath: entry.name).pathExtension.lowercased())
  }

  private mutating func leaveOutUnreadable() throws(DatasetError) {
    let problems = ImageFiles.problems(of: files.map(\.path))
    census.unreadable = problems.compactMap(\.self)
    files = zip(files, problems).filter { $1 == nil }.map(\.0)
    guard !files.isEmpty else {
      throw .malformed(path: path, reason: "none of its images can be decoded: \(census.unreadable[0])")
    }
  }

  /// The images, to be decoded to the network's input shape when they are needed.
  package func images(
    shape: ImageInput, preprocessing: Preprocessing
  ) -> LabelledImages {
    LabelledImages(
      channels: shape.channels, height: shape.height, width: shape.width, classCount: classes.names.count,
      content: .files(ImageFiles(files.map(\.path), shape: shape, preprocessing: preprocessing)),
      labels: files.map(\.label))
  }
}
