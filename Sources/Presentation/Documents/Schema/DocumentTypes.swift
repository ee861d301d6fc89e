/// Every document that the programs write; each has a JSON Schema and a page in `docs/documents`.
public enum DocumentTypes {
  public static let all: [any Document.Type] = hardware + networks + policies + searches + results

  static let hardware: [any Document.Type] = [
    CalibrationDocument.self,
    CheckDocument.self,
    CheckListDocument.self,
    CostDocument.self,
    CostExplanationDocument.self,
    DiscoveryDocument.self,
    FitDocument.self,
    MeasurementDocument.self,
    NetworkMeasurementDocument.self,
    NetworkRunsDocument.self,
    NetworkValidationDocument.self,
    NewTargetDocument.self,
    ReferenceValidationsDocument.self,
    TableBuildDocument.self,
    TableConversionDocument.self,
    TableDiffDocument.self,
    TableImportDocument.self,
    TablePointsDocument.self,
    TargetDescriptionDocument.self,
    TargetsDocument.self,
    ValidationDocument.self,
  ]

  /// Of accuracy, of studies, and of what makes both understood.
  static let results: [any Document.Type] = [
    EvaluationDocument.self,
    FigureDocument.self,
    FineTuningDocument.self,
    ParetoDocument.self,
    SensitivityDocument.self,
    StudyComparisonDocument.self,
    StudyDescriptionDocument.self,
    StudyExportDocument.self,
    StudyListDocument.self,
    StudyReportDocument.self,
    TrainingDocument.self,
    TransferDocument.self,
  ]

  static let networks: [any Document.Type] = [ExportDocument.self, NetworkDescriptionDocument.self]

  static let policies: [any Document.Type] = [
    PolicyDescriptionDocument.self,
    PolicyDiffDocument.self,
    PolicyValidationDocument.self,
  ]

  /// Beside these, each line of `episodes.jsonl` is an `EpisodeDocument`.
  static let searches: [any Document.Type] = [FactsDocument.self, SearchDocument.self]
}
