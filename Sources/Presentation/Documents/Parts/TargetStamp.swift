public import Core

/// Which target's costs a document has, down to the bytes of its spec and library.
public struct TargetStamp: Hashable, Sendable, Codable {
  public var id: String
  /// How far the costs are from evidence; absent when the spec does not say.
  public var evidence: Evidence?
  /// Absent where the costs are those of no hardware, like the other digests.
  public var specSHA256: String?
  public var librarySHA256: String?
  /// What confined the library while it computed the costs; absent without a library, and in studies of earlier programs.
  public var confinedBy: String?
  public var tableSHA256: String?
  /// Points of the cost table that lie between measured ones; absent when there are none.
  public var interpolatedPoints: Int?

  private enum CodingKeys: String, CodingKey {
    case id, evidence
    case specSHA256 = "spec_sha256"
    case librarySHA256 = "library_sha256"
    case confinedBy = "confined_by"
    case tableSHA256 = "table_sha256"
    case interpolatedPoints = "interpolated_points"
  }

  public init(_ table: CostTable) {
    let target = table.provenance.target
    id = table.provenance.name
    evidence = target?.evidence
    specSHA256 = target?.specSHA256
    librarySHA256 = target?.librarySHA256
    confinedBy = target?.confinement
    tableSHA256 = target?.tableSHA256
    interpolatedPoints = table.interpolatedCount > 0 ? table.interpolatedCount : nil
  }

  /// The id, marked when the costs are no more than inferred: `bismo-zynq7020 (inferred)`.
  public var title: String {
    guard let evidence, evidence.caution(about: id) != nil else { return id }
    return "\(id) (\(evidence.status.rawValue))"
  }

  /// A line about costs that are no more than inferred; empty for others.
  public var caution: String { evidence?.caution(about: id).map { $0 + "\n" } ?? "" }
}
