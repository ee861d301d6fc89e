public import Diagnostics
import Foundation
import SpecLanguage

/// Every target that can be chosen by id; made from specs alone, without loading any library.
public struct TargetCatalog: Sendable {
  /// In order of discovery.
  public private(set) var targets: [Target] = []
  /// Specs that an earlier one with the same id hides.
  public private(set) var shadowed: [Shadowed] = []
  /// Spec files that cannot be used, in order of discovery.
  public private(set) var unusable: [Unusable] = []
  private let searched: [SearchPath.Place]
  private let program: String

  /// A spec that is not used because an earlier one has its id.
  public struct Shadowed: Hashable, Sendable {
    public var file: String
    public var by: String
  }

  /// A spec file with problems.
  public struct Unusable: Sendable {
    public var file: String
    public var diagnostics: Diagnostics
  }

  /// Reads every spec on `path`, for a program that runs at the absolute path `program`.
  ///
  /// A bad spec does not hide the good ones: it lands in `unusable`. Throws when a place that the user named
  /// does not exist or cannot be read.
  public init(searching path: SearchPath, program: String) throws {
    searched = path.places
    self.program = program
    for place in path.places {
      for file in try Self.files(in: place) { add(file, origin: place.origin) }
    }
  }

  /// The target with this id, or the one described by the file, if `name` contains a slash or ends in `.json`.
  ///
  /// Throws the diagnostics of the spec if it is the first with this id but has problems.
  public func target(_ name: String) throws -> Target {
    if name.contains("/") || name.hasSuffix(".json") {
      return try Target(file: name, origin: .commandLine, program: program)
    }
    let found = targets.first { $0.spec.id == name }
    if let broken = unusable.first(where: { Self.stem(of: $0.file) == name }),
      found == nil || order(of: broken.file) < order(of: found!.file)
    {
      throw broken.diagnostics
    }
    guard let found else {
      throw TargetError.unknownTarget(
        name, known: targets.map(\.spec.id), searched: searched.map(\.path))
    }
    return found
  }

  private mutating func add(_ file: String, origin: SearchPath.Origin) {
    do {
      let target = try Target(file: file, origin: origin, program: program)
      if let first = targets.first(where: { $0.spec.id == target.spec.id }) {
        shadowed.append(Shadowed(file: file, by: first.file))
      } else {
        targets.append(target)
      }
    } catch let diagnostics as Diagnostics {
      unusable.append(Unusable(file: file, diagnostics: diagnostics))
    } catch {
      unusable.append(
        Unusable(file: file, diagnostics: Diagnostics([Diagnostic("\(error)", at: .init(file: file))])))
    }
  }

  private func order(of file: String) -> Int {
    searched.firstIndex { file == $0.path || file.hasPrefix($0.path + "/") } ?? 0
  }

  private static func files(in place: SearchPath.Place) throws -> [String] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: place.path, isDirectory: &isFolder) else {
      guard place.origin.isNamed else { return [] }
      throw TargetError.missingPlace(place)
    }
    guard isFolder.boolValue else { return [place.path] }
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: place.path)
    } catch {
      throw TargetError.unreadable(place.path, reason: error.systemReason)
    }
    return names.filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") }
      .sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
      .map { place.path + "/" + $0 }
  }

  private static func stem(of file: String) -> String {
    URL(filePath: file).deletingPathExtension().lastPathComponent
  }
}
