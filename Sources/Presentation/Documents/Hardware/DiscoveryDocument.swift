import Diagnostics
import Foundation
public import Isolation
import Specs
public import Targets

/// Where haq searched for targets and what it found: the result of `haq targets explain`.
public struct DiscoveryDocument: Document {
  public static let schema: SchemaName = "haq.discovery/1.0"

  public var places: [PlacePart]
  /// Variables of the environment that were set and had no effect.
  public var notes: [String]
  /// Where haq searched for the chosen target's model; absent without an id.
  public var modelFiles: [ModelFile]?
  /// How libraries are confined.
  public var sandbox: SandboxPart

  /// What a library is confined by on this system.
  public struct SandboxPart: Hashable, Sendable, Codable {
    /// What is in force; absent where nothing can be loaded.
    public var confinedBy: String?
    /// Why nothing can be loaded; absent where it can.
    public var problem: String?
    /// What every sandbox has, or loads nothing.
    public var required: [String]
    /// What a sandbox has where the kernel grants it.
    public var bestEffort: [String]

    private enum CodingKeys: String, CodingKey {
      case problem, required
      case confinedBy = "confined_by"
      case bestEffort = "best_effort"
    }

    /// - Parameter confinement: What was found, or why nothing can be loaded.
    public init(_ confinement: Result<Confinement, any Error>) {
      (required, bestEffort) = (Confinement.required, Confinement.bestEffort)
      switch confinement {
      case .success(let found): confinedBy = "\(found)"
      case .failure(let error): problem = "\(error)"
      }
    }
  }

  /// A folder or file that haq searched.
  public struct PlacePart: Hashable, Sendable, Codable {
    public var path: String
    public var reason: SearchPath.Origin
    /// `absent`, `read`, or why it cannot be read.
    public var state: String
    public var files: [FilePart]
  }

  /// A file of such a place.
  public struct FilePart: Hashable, Sendable, Codable {
    public var path: String
    public var verdict: Verdict
    public var id: String?
    public var why: String?

    /// What became of the file.
    public enum Verdict: String, Hashable, Sendable, Codable {
      case used, shadowed, unusable, ignored
    }
  }

  /// A place of the target's library or table.
  public struct ModelFile: Hashable, Sendable, Codable {
    public var path: String
    public var verdict: Verdict
    public var why: String?

    /// What became of the file.
    public enum Verdict: String, Hashable, Sendable, Codable {
      case used, absent, refused
      case notLookedAt = "not looked at"
    }

    public init(path: String, verdict: Verdict, why: String? = nil) {
      self.path = path
      self.verdict = verdict
      self.why = why
    }
  }

  private enum CodingKeys: String, CodingKey {
    case places, notes, sandbox
    case modelFiles = "model_files"
  }

  /// Whether the target that was asked about can be used.
  public var hasTarget: Bool { places.contains { $0.files.contains { $0.verdict == .used } } }

  /// - Parameters:
  ///   - id: Only files of this target; all when nil.
  ///   - modelFiles: Where haq searched for that target's model; nil without a target that can be used.
  ///   - sandbox: How libraries are confined.
  public init(
    _ survey: TargetSurvey, notes: [SearchPath.Note], about id: String?, modelFiles: [ModelFile]?,
    sandbox: SandboxPart
  ) {
    self.sandbox = sandbox
    self.notes = notes.map(\.text)
    self.modelFiles = modelFiles
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
  }
}

extension DiscoveryDocument.FilePart {
  fileprivate init(_ file: TargetSurvey.ExaminedFile) {
    path = file.path
    switch file.verdict {
    case .usable(let target): (verdict, id) = (.used, target.spec.id)
    case .shadowed(let target, let first):
      (verdict, id, why) = (.shadowed, target.spec.id, "\(first) describes the same id and came first")
    case .unusable(let diagnostics): (verdict, why) = (.unusable, diagnostics.description)
    case .ignored(let reason): (verdict, why) = (.ignored, reason)
    }
  }

  fileprivate func isAbout(_ id: String?) -> Bool {
    self.id == id || URL(filePath: path).deletingPathExtension().lastPathComponent == id
  }
}
