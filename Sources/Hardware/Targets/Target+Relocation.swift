import Core
import Diagnostics
public import Foundation
import PluginLoading
import Specs

extension Target {
  /// The library that has to be copied so that a spec of the same model at `file` finds it, and where to; nil where it
  /// finds the same bytes already, or where the model has no library.
  ///
  /// Throws as `library()`, and a `Diagnostic` where another file has that place.
  public func libraryToCopy(forSpecAt file: String) throws -> (bytes: Data, path: String)? {
    guard let wanted = spec.model.library else { return nil }
    let current = try library()
    let place = URL(filePath: file).absoluteURL.deletingLastPathComponent().appending(path: wanted.file).path
    var moved = [place]
    if !wanted.file.contains("/") { moved += Installation(program: program).libraries(named: wanted.file) }
    guard let found = moved.first(where: FileManager.default.fileExists(atPath:)) else {
      return (Data(current.bytes), place)
    }
    guard try Data(contentsOf: URL(filePath: found)) == Data(current.bytes) else {
      throw Diagnostic(
        "a spec there would find another library than \(current.path)", at: .init(file: found),
        hint: "Choose another folder for the spec, or remove that file.")
    }
    return nil
  }
}
