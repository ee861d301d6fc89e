/// The files of a study for other programs: the result of `haq study export`.
public struct StudyExportDocument: Document {
  public static let schema: SchemaName = "haq.study-export/1.0"

  /// The study's file.
  public var study: String
  /// The files written, by name.
  public var files: [String]

  public init(study: String, files: [String]) {
    self.study = study
    self.files = files
  }

  /// A line for each file.
  public var text: String { files.map { $0 + "\n" }.joined() }
}
