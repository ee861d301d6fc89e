public import Core
import Diagnostics
public import PluginLoading
import Specs

/// What can go wrong between a spec's id and its cost table.
public enum TargetError: Error, Hashable, Sendable {
  case unknownTarget(String, known: [String], searched: [String])
  /// A file or folder of `HAQ_TARGETS` or `HAQ_ADD_TARGETS` that does not exist.
  case missingPlace(SearchPath.Place)
  case unreadable(String, reason: String)
  /// A spec or library that someone else could have changed, or that is no file.
  case untrusted(TrustedFileError)
  case missingLibrary(String, target: String, lookedAt: [String])
  case wrongDigest(file: String, pinned: String, found: String)
  case dependency(DependencyError)
  case wrongArchitecture(target: String, library: String)
  /// The spec asks for this process, and the user has not allowed it.
  case inProcessNotAllowed(target: String, file: String)
  /// The spec lies where the user did not put it, and asks for a program.
  case programNotAllowed(target: String, file: String)
  case missingProgram(String, target: String, lookedAt: [String])
  /// What the spec promises and its program does not have, in words.
  case programLacks([String], target: String, program: String, file: String)
  /// Not beside the program, nor where it is installed.
  case missingSandbox(lookedAt: [String])
  case wrongABI(library: String, target: String, stated: String, found: String)
  case unsupportedLayers([Layer], target: String, supported: [Layer.Kind], file: String)
  case failedChecks([CheckFailure], target: String, file: String)
}

extension TargetError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownTarget(let id, let known, let searched):
      let suggestion = Suggestion.sentence(for: id, among: known).map { " \($0)" } ?? ""
      let list = known.isEmpty ? "none" : known.joined(separator: ", ")
      let places = searched.map { "\n  \($0)" }.joined()
      return "no target is called \"\(id)\".\(suggestion) Known targets: \(list).\nLooked in:\(places)"
    case .missingPlace(let place):
      return "\(place.origin.rawValue) names \"\(place.path)\", which does not exist. Correct or unset it."
    case .unreadable(let path, let reason):
      return "cannot read \(path): \(reason)"
    case .untrusted(let error):
      return error.description
    case .dependency(let error):
      return error.description
    case .inProcessNotAllowed(let target, let file):
      return
        "target \"\(target)\" (\(file)) asks to be loaded into this program's own process, where a fault in its "
        + "library ends the program and its code may do whatever you may. If you trust it, add --in-process; "
        + "otherwise remove \"isolation\" from the spec."
    case .programNotAllowed(let target, let file):
      return
        "target \"\(target)\" (\(file)) runs a program with your rights, and lies in a folder that is searched but not "
        + "yours. If you trust it, name it by its path: --target \(file)"
    case .missingProgram(let name, let target, let lookedAt):
      let places = lookedAt.map { "\n  \($0)" }.joined()
      return "the program \(name) of target \"\(target)\" was not found. Looked at:\(places)"
    case .programLacks(let lacking, let target, let program, let file):
      return
        "target \"\(target)\" (\(file)) promises what its program \"\(program.visibleLine)\" does not have: "
        + "\(lacking.joined(separator: "; ")). Correct \"capabilities\" in the spec."
    case .missingSandbox(let lookedAt):
      let places = lookedAt.map { "\n  \($0)" }.joined()
      return "the program haq-sandbox, in which libraries are loaded, is missing. Build it with: swift build "
        + "--product haq-sandbox. Looked at:\(places)"
    case .missingLibrary(let library, let target, let lookedAt):
      let places = lookedAt.map { "\n  \($0)" }.joined()
      return
        "the library \(library) of target \"\(target)\" was not found. Build it, or put it at one of:\(places)"
    case .wrongDigest(let file, let pinned, let found):
      return "\(file) is not the file that the spec names: its SHA-256 is \(found), the spec says "
        + "\(pinned). Install the right file, or correct the spec."
    case .wrongArchitecture(let target, let library):
      return "target \"\(target)\" has a library for \(library); this program runs on "
        + "\(TargetSpec.Architecture.current?.rawValue ?? "another processor")."
    case .wrongABI(let library, let target, let stated, let found):
      return "\(library) was built for plugin ABI \(found); the spec of target \"\(target)\" says \(stated). "
        + "Install the right library, or correct the spec."
    case .unsupportedLayers(let layers, let target, let supported, let file):
      let kinds = supported.map(\.rawValue).joined(separator: ", ")
      let shown = layers.prefix(5).map { "\n  \($0.name): \($0.kind.rawValue)" }.joined()
      let rest = layers.count > 5 ? "\n  and \(layers.count - 5) more" : ""
      return "target \"\(target)\" (\(file)) supports \(kinds) layers only, not:\(shown)\(rest)"
    case .failedChecks(let failures, let target, let file):
      let lines = failures.map { "\n  \($0)" }.joined()
      return "target \"\(target)\" does not reproduce its own reference points (\(file)):\(lines)"
    }
  }
}
