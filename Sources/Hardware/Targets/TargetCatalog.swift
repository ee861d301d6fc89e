public import Diagnostics
import Foundation
import Specs

/// Every target that can be chosen by id; made from specs alone, without loading any library.
public struct TargetCatalog: Sendable {
  /// In order of discovery.
  public private(set) var targets: [Target] = []
  /// Specs that an earlier one with the same id hides.
  public private(set) var shadowed: [Shadowed] = []
  /// Spec files that cannot be used, in order of discovery.
  public private(set) var unusable: [Unusable] = []
  private let survey: TargetSurvey
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
  /// does not exist, or any place cannot be read.
  public init(searching path: SearchPath, program: String) throws {
    try self.init(TargetSurvey(of: path, program: program), program: program)
  }

  /// The targets of a survey that has been made.
  public init(_ survey: TargetSurvey, program: String) throws {
    self.survey = survey
    self.program = program
    for examined in survey.places {
      switch examined.finding {
      case .absent where examined.place.origin.isNamed: throw TargetError.missingPlace(examined.place)
      case .unreadable(let reason): throw TargetError.unreadable(examined.place.path, reason: reason)
      case .absent, .files: break
      }
    }
    for (file, _) in survey.files {
      switch file.verdict {
      case .usable(let target): targets.append(target)
      case .shadowed(_, let first): shadowed.append(Shadowed(file: file.path, by: first))
      case .unusable(let diagnostics): unusable.append(Unusable(file: file.path, diagnostics: diagnostics))
      case .ignored: break
      }
    }
  }

  /// The target with this id, or the one described by the file, if `name` contains a slash or ends in `.json`.
  ///
  /// Throws the diagnostics of the spec if it is the first with this id but has problems.
  public func target(_ name: String) throws -> Target {
    if name.contains("/") || name.hasSuffix(".json") {
      return try Target(file: name, origin: .commandLine, program: program)
    }
    for (file, _) in survey.files {
      switch file.verdict {
      case .usable(let target) where target.spec.id == name: return target
      case .unusable(let diagnostics) where Self.stem(of: file.path) == name: throw diagnostics
      default: continue
      }
    }
    throw TargetError.unknownTarget(
      name, known: targets.map(\.spec.id), searched: survey.places.map(\.place.path))
  }

  private static func stem(of file: String) -> String {
    URL(filePath: file).deletingPathExtension().lastPathComponent
  }
}
