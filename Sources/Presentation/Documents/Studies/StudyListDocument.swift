import Core
import Rendering
public import Studies

/// The studies below folders: the result of `haq study list`.
public struct StudyListDocument: Document {
  public static let schema: SchemaName = "haq.study-list/1.1"

  public var studies: [StudyLine]
  /// Studies that cannot be read; absent where there are none.
  public var damaged: [DamagedStudy]?

  /// A study of which nothing is known but where it is.
  public struct DamagedStudy: Hashable, Sendable, Codable {
    public var path: String
    /// What is wrong with it, as a sentence.
    public var reason: String

    public init(path: String, reason: String) {
      self.path = path
      self.reason = reason
    }
  }

  public init(_ summaries: [StudySummary], damaged: [DamagedStudy] = []) {
    studies = summaries.map(StudyLine.init)
    self.damaged = damaged.isEmpty ? nil : damaged
  }

  /// The table for a terminal.
  public var text: String {
    guard !studies.isEmpty || damaged != nil else { return "No studies here. `haq search` makes one.\n" }
    var table = TextTable([
      .init("study"), .init("state"), .init("network"), .init("target"), .init("method"),
      .init("policies", .right), .init("best", .right), .init("last evaluation"),
    ])
    for study in studies {
      table.add([
        study.path, study.state, study.network, study.target, study.method, "\(study.episodes)",
        study.bestAccuracy.map(Quantity.percent) ?? "", study.lastEvaluationAt.map(Self.minute) ?? "",
      ])
    }
    for study in damaged ?? [] { table.add([study.path, "damaged", "", "", "", "", "", ""]) }
    return table.text
  }

  /// Without seconds, which are for programs.
  private static func minute(_ time: String) -> String {
    String(time.prefix(16)).replacing("T", with: " ")
  }
}
