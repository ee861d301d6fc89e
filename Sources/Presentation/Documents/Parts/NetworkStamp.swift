public import Core

/// Which network a document is about.
public struct NetworkStamp: Hashable, Sendable, Codable {
  public var name: String
  /// Of the layer shapes; docs/network.md section 3.
  public var sha256: String
  public var batch: Int

  public init(_ table: CostTable) {
    name = table.network.name
    sha256 = table.provenance.networkSHA256
    batch = table.network.batch
  }
}
