/// The page about one study or two: the result of `haq report`.
public struct StudyReportDocument: Document {
  public static let schema: SchemaName = "haq.study-report/1.0"

  /// The studies' files.
  public var studies: [String]
  /// The .html file.
  public var page: String

  public init(studies: [String], page: String) {
    self.studies = studies
    self.page = page
  }

  public var text: String { "Wrote \(page).\n" }
}
