import Core

/// Which network a JSON report is about.
struct NetworkStamp: Encodable {
  var name: String
  /// Of the layer shapes; docs/network.md section 3.
  var sha256: String
  var batch: Int

  init(_ table: CostTable) {
    name = table.network.name
    sha256 = table.provenance.networkSHA256
    batch = table.network.batch
  }
}

/// Which target's costs a JSON report has, down to the bytes of its spec and library.
struct TargetStamp: Encodable {
  var id: String
  /// How far the costs are from evidence; absent when the spec does not say.
  var evidence: Evidence?
  var spec_sha256: String
  var library_sha256: String?
  var table_sha256: String?
  /// Points of the cost table that lie between measured ones; absent when there are none.
  var interpolated_points: Int?

  init(_ table: CostTable) {
    id = table.provenance.target
    evidence = table.provenance.evidence
    spec_sha256 = table.provenance.specSHA256
    library_sha256 = table.provenance.librarySHA256
    table_sha256 = table.provenance.tableSHA256
    interpolated_points = table.interpolatedCount > 0 ? table.interpolatedCount : nil
  }
  /// The id, marked when the costs are no more than inferred: `bismo-zynq7020 (inferred)`.
  var title: String {
    guard let evidence, evidence.caution(about: id) != nil else { return id }
    return "\(id) (\(evidence.status.rawValue))"
  }

  /// A line about costs that are no more than inferred; empty for others.
  var caution: String { evidence?.caution(about: id).map { $0 + "\n" } ?? "" }
}
