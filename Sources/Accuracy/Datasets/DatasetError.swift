/// What can go wrong with a data set, each with the way out.
package enum DatasetError: Error, Hashable, CustomStringConvertible {
  case unknown(name: String, suggestion: String?)
  case missing(name: String, folder: String, package: String)
  case unreadable(path: String)
  case malformed(path: String, reason: String)
  /// The files are sound, but do not make the data set that was asked for.
  case unusable(name: String, reason: String)

  package var description: String {
    switch self {
    case .unknown(let name, let suggestion):
      "there is no data set \"\(name)\": it is neither fashion-mnist, nor a folder, nor an .npz file, nor a pair of "
        + "files IMAGES,LABELS in IDX or .npy format" + (suggestion.map { ". \($0)" } ?? "")
    case .missing(let name, let folder, let package):
      "the data set \(name) is not in \(folder). Install it with: apt-get install \(package)"
    case .unreadable(let path): "\(path) cannot be read"
    case .malformed(let path, let reason): "\(path) cannot be used: \(reason)"
    case .unusable(let name, let reason): "the data set \(name) cannot be used: \(reason)"
    }
  }
}
