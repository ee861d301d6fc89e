public import Core
import Specs

/// Which network a document is about.
public struct NetworkStamp: Hashable, Sendable, Codable {
  public var name: String
  /// Of the layer shapes; docs/network.md section 3.
  public var sha256: String
  public var batch: Int

  public init(_ table: CostTable) {
    name = table.network.name
    sha256 = table.network.shapeSHA256
    batch = table.network.batch
  }
}
