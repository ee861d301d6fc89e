import Diagnostics
import Foundation
import Specs
import Targets

/// The output of `haq targets explain` in both formats.
struct DiscoveryReport: Encodable {
  var places: [PlacePart]
  /// Variables of the environment that were set and had no effect.
  var notes: [String]
  /// Where the chosen target's model was looked for; absent without an id.
  var model_files: [ModelFile]?

  struct PlacePart: Encodable {
    var path: String
    var reason: SearchPath.Origin
    /// `absent`, `read`, or why it cannot be read.
    var state: String
    var files: [FilePart]
  }

  struct FilePart: Encodable {
    var path: String
    /// `used`, `shadowed`, `unusable` or `ignored`.
    var verdict: String
    var id: String?
    var why: String?
  }

  struct ModelFile: Encodable {
    var path: String
    /// `used`, `absent`, `refused`, or `not looked at`.
    var verdict: String
    var why: String?
  }

  /// Whether the target that was asked about can be used.
  var hasTarget: Bool { places.contains { $0.files.contains { $0.verdict == "used" } } }

  /// - Parameter id: only files of this target; all when nil.
  init(_ survey: TargetSurvey, notes: [SearchPath.Note], about id: String?) {
    self.notes = notes.map(\.text)
    places = survey.places.map { examined in
      let (state, files): (String, [TargetSurvey.ExaminedFile]) =
        switch examined.finding {
        case .absent: ("absent", [])
        case .unreadable(let reason): ("cannot be read: \(reason)", [])
        case .files(let files): ("read", files)
        }
      return PlacePart(
        path: examined.place.path, reason: examined.place.origin, state: state,
        files: files.map(FilePart.init).filter { id == nil || $0.isAbout(id) })
    }
    guard let id else { return }
    for (file, _) in survey.files {
      if case .usable(let target) = file.verdict, target.spec.id == id {
        model_files = ModelFile.all(of: target)
      }
    }
  }
}

extension DiscoveryReport.FilePart {
  fileprivate init(_ file: TargetSurvey.ExaminedFile) {
    path = file.path
    switch file.verdict {
    case .usable(let target): (verdict, id) = ("used", target.spec.id)
    case .shadowed(let target, let first):
      (verdict, id, why) = ("shadowed", target.spec.id, "\(first) describes the same id and came first")
    case .unusable(let diagnostics): (verdict, why) = ("unusable", diagnostics.description)
    case .ignored(let reason): (verdict, why) = ("ignored", reason)
    }
  }

  fileprivate func isAbout(_ id: String?) -> Bool {
    self.id == id || URL(filePath: path).deletingPathExtension().lastPathComponent == id
  }
}

extension DiscoveryReport.ModelFile {
  /// Every place of the library or table, in order; hashes what is there, but loads nothing.
  fileprivate static func all(of target: Target) -> [Self] {
    let paths = target.modelFileCandidates
    guard let found = paths.firstIndex(where: { FileManager.default.fileExists(atPath: $0) }) else {
      return paths.map { Self(path: $0, verdict: "absent") }
    }
    return paths.enumerated().map { index, path in
      if index < found { return Self(path: path, verdict: "absent") }
      if index > found { return Self(path: path, verdict: "not looked at", why: "the one above was found") }
      do {
        return Self(path: path, verdict: "used", why: "SHA-256 \(try target.modelFileSHA256())")
      } catch {
        return Self(path: path, verdict: "refused", why: "\(error)")
      }
    }
  }
}

extension DiscoveryReport {
  /// One line per place and file, reasons indented below.
  var text: String {
    var lines = ["Targets are looked for in this order; the first file with an id is used.", ""]
    for (number, place) in places.enumerated() {
      lines.append("\(number + 1). \(place.path) (\(place.reason.rawValue))")
      switch place.state {
      case "absent": lines.append("     does not exist")
      case "read" where place.files.isEmpty: lines.append("     nothing in it is about this")
      case "read": break
      default: lines.append("     \(place.state)")
      }
      for file in place.files {
        let name = URL(filePath: file.path).lastPathComponent
        lines += Self.lines("     \(name): \(file.verdict)\(file.id.map { " as \($0)" } ?? "")", file.why)
      }
    }
    if let model_files {
      lines += ["", "Its model was looked for at:"]
      for file in model_files { lines += Self.lines("     \(file.path): \(file.verdict)", file.why) }
    }
    if !notes.isEmpty { lines += [""] + notes.map { "note: \($0)" } }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A reason of one line follows on the line; a longer one stands below.
  private static func lines(_ head: String, _ why: String?) -> [String] {
    guard let why else { return [head] }
    let parts = why.split(separator: "\n").map(String.init)
    return parts.count == 1 ? ["\(head); \(why)"] : ["\(head):"] + parts.map { "       \($0)" }
  }
}
