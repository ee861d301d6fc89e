public import Core
public import Validation

/// Every target beside the tables that its spec names: the result of `haq validate --all`.
public struct ReferenceValidationsDocument: Document {
  public static let schema: SchemaName = "haq.reference-validations/1.0"

  public var rows: [Row]

  /// One target beside one of its reference tables.
  public struct Row: Hashable, Sendable, Codable {
    public var target: String
    /// What the spec itself says; absent when it says nothing.
    public var evidence: Evidence?
    /// The table's file name; absent when the spec names none.
    public var table: String?
    public var source: String?
    public var network: String?
    public var statistics: ErrorStatistics?
    public var outcome: ReferenceValidation.Outcome
    /// Why there are no statistics, or which limit was missed.
    public var remark: String?
  }

  public init(_ validations: [ReferenceValidation]) {
    rows = validations.map {
      Row(
        target: $0.target, evidence: $0.evidence, table: $0.table, source: $0.source, network: $0.network,
        statistics: $0.statistics, outcome: $0.outcome, remark: $0.remark)
    }
  }

  public var hasFailed: Bool { rows.contains { $0.outcome == .failed } }
}
