/// Why a library is not loaded with what it needs.
public enum DependencyError: Error, Hashable, Sendable {
  /// The file does not say what it needs in a way that can be read.
  case unreadable(library: String)
  /// It names what it needs by a path, or stands in front of another library.
  case unsupported(library: String, what: String)
  /// Its search path finds what it needs in a folder that is neither the spec's nor the library's nor the system's.
  case outside(name: String, library: String, folder: String)
  /// Its search path has a folder where another user can put files.
  case openFolder(String, library: String)
  /// The loader finds a loaded library by the name that it states.
  case otherName(file: String, needed: String, stated: String?)
  case tooMany(library: String, limit: Int)
  /// The spec pins the library, and not what it needs.
  case unpinned(name: String, file: String, sha256: String, library: String)
  /// The spec pins what the library does not need.
  case notNeeded(name: String, library: String)
}

extension DependencyError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreadable(let library):
      "\(library) is refused, because what it needs cannot be read from it: it is no shared library for this processor, "
        + "or damaged."
    case .unsupported(let library, let what):
      "\(library) is refused, because it \(what). Link what it needs with -l and -L, and with -Wl,-rpath,'$ORIGIN'."
    case .outside(let name, let library, let folder):
      "\(library) is refused, because it needs \(name) from \(folder), which is neither the spec's folder nor one of the "
        + "system. Put \(name) beside the library, and link with -Wl,-rpath,'$ORIGIN'."
    case .openFolder(let folder, let library):
      "\(library) is refused, because its search path has \(folder), where other users of this machine can put files. "
        + "Link it without that folder, or remove it: chrpath --delete"
    case .otherName(let file, let needed, let stated):
      "\(file) is refused: it is needed as \(needed), and calls itself \(stated ?? "nothing"). Link it with "
        + "-Wl,-soname,\(needed)."
    case .tooMany(let library, let limit):
      "\(library) is refused, because it needs more than \(limit) libraries besides the system's."
    case .unpinned(let name, let file, let sha256, let library):
      "the spec pins \(library), but not \(file), which it needs. Add to \"model\": \"dependencies\": [{ \"library\": "
        + "\"\(name)\", \"sha256\": \"\(sha256)\" }]"
    case .notNeeded(let name, let library):
      "the spec pins \(name) in \"dependencies\", which \(library) does not need. Remove it."
    }
  }
}
