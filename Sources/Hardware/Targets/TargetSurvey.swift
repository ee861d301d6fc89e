public import Diagnostics
import Foundation
import Specs

/// Every folder and file that was searched for targets, in order, with the outcome. Loads no library.
public struct TargetSurvey: Sendable {
  public private(set) var places: [ExaminedPlace] = []

  /// A place and what it held.
  public struct ExaminedPlace: Sendable {
    public var place: SearchPath.Place
    public var finding: Finding
  }

  /// What became of a place.
  public enum Finding: Sendable {
    case absent
    case unreadable(reason: String)
    /// In the order in which they were read; a place that is a file has one.
    case files([ExaminedFile])
  }

  /// A file and what it is good for.
  public struct ExaminedFile: Sendable {
    public var path: String
    public var verdict: Verdict
  }

  /// What became of a file.
  public enum Verdict: Sendable {
    case usable(Target)
    /// An earlier file describes the same id.
    case shadowed(Target, by: String)
    case unusable(Diagnostics)
    /// Not taken for a spec at all.
    case ignored(reason: String)
  }

  /// Looks at every place of `path`, for a program that runs at the absolute path `program`.
  public init(of path: SearchPath, program: String) {
    var files: [String: String] = [:]
    places = path.places.map { place in
      ExaminedPlace(place: place, finding: Self.finding(at: place, program: program, usable: &files))
    }
  }

  /// All files of all places, in order, each with its place.
  public var files: [(file: ExaminedFile, place: SearchPath.Place)] {
    places.flatMap { examined in
      guard case .files(let files) = examined.finding else { return [(ExaminedFile, SearchPath.Place)]() }
      return files.map { ($0, examined.place) }
    }
  }

  /// `usable` has the file of every id that was found so far.
  private static func finding(
    at place: SearchPath.Place, program: String, usable: inout [String: String]
  ) -> Finding {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: place.path, isDirectory: &isFolder) else { return .absent }
    var names: [String?] = [nil]
    if isFolder.boolValue {
      do {
        names = try FileManager.default.contentsOfDirectory(atPath: place.path)
          .sorted { Self.stem($0).lexicographicallyPrecedes(Self.stem($1)) }
      } catch {
        return .unreadable(reason: error.systemReason)
      }
    }
    var files: [ExaminedFile] = []
    for name in names {
      let path = name.map { place.path + "/" + $0 } ?? place.path
      let verdict =
        name.flatMap(reasonToIgnore).map(Verdict.ignored)
        ?? verdict(on: path, origin: place.origin, program: program, usable: usable)
      if case .usable(let target) = verdict { usable[target.spec.id] = path }
      files.append(ExaminedFile(path: path, verdict: verdict))
    }
    return .files(files)
  }

  /// What is before `.json`, so that `a` comes before `a-b`.
  private static func stem(_ name: String) -> Substring.UTF8View {
    (name.hasSuffix(".json") ? name.dropLast(5) : name[...]).utf8
  }

  private static func reasonToIgnore(_ name: String) -> String? {
    if name.hasPrefix(".") { return "its name begins with a point" }
    return name.hasSuffix(".json") ? nil : "its name does not end in .json"
  }

  private static func verdict(
    on file: String, origin: SearchPath.Origin, program: String, usable: [String: String]
  ) -> Verdict {
    do {
      let target = try Target(file: file, origin: origin, program: program)
      return usable[target.spec.id].map { .shadowed(target, by: $0) } ?? .usable(target)
    } catch let diagnostics as Diagnostics {
      return .unusable(diagnostics)
    } catch {
      return .unusable(Diagnostics([Diagnostic("\(error)", at: .init(file: file))]))
    }
  }
}
