package import DataRequests
import Foundation

/// A folder with one folder of images for each class, as torchvision's `ImageFolder` reads it.
package struct ImageFolder {
  package let path: String
  /// Class names in the order of labels.
  package let classes: [String]
  private let files: [(path: String, label: Int32)]

  private static let extensions: Set<String> = ["jpg", "jpeg", "png", "webp"]

  /// - Parameter classList: A file with one class name a line, in the order of the network's outputs. Folders may be missing, but none
  ///   may be beside the list. Nil takes the folders in the order of their bytes, as Python sorts them.
  package init(path: String, classList: String?) throws(DatasetError) {
    self.path = path
    let found = try Self.entries(of: path).filter { Self.isFolder("\(path)/\($0)") }
    guard !found.isEmpty else { throw .malformed(path: path, reason: "it holds no class folders") }
    let classes: [String]
    if let classList {
      guard let text = try? String(contentsOfFile: classList, encoding: .utf8) else {
        throw .unreadable(path: classList)
      }
      classes = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
        .filter { !$0.isEmpty }
      guard Set(classes).count == classes.count else {
        throw .malformed(path: classList, reason: "it names a class twice")
      }
      if let stranger = found.first(where: { !classes.contains($0) }) {
        throw .malformed(
          path: path, reason: "its folder \"\(stranger)\" is not in the class list \(classList)")
      }
    } else {
      classes = found
    }
    var files: [(path: String, label: Int32)] = []
    for (label, name) in classes.enumerated() where found.contains(name) {
      let folder = "\(path)/\(name)"
      let images = try Self.entries(of: folder).filter {
        Self.extensions.contains(URL(filePath: $0).pathExtension.lowercased())
      }
      guard !images.isEmpty else {
        throw .malformed(path: folder, reason: "it holds no .jpg, .jpeg, .png or .webp file")
      }
      files += images.map { ("\(folder)/\($0)", Int32(label)) }
    }
    self.classes = classes
    self.files = files
  }

  /// The images, to be decoded to the network's input shape when they are needed.
  package func images(
    shape: ImageInput, preprocessing: Preprocessing
  ) -> LabelledImages {
    LabelledImages(
      channels: shape.channels, height: shape.height, width: shape.width, classCount: classes.count,
      content: .files(ImageFiles(files.map(\.path), shape: shape, preprocessing: preprocessing)),
      labels: files.map(\.label))
  }

  /// Names in the order of their bytes.
  private static func entries(of folder: String) throws(DatasetError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") }
        .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    } catch {
      throw .unreadable(path: folder)
    }
  }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }
}
