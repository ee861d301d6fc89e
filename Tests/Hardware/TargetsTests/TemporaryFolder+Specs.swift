import FixtureBuilding

extension TemporaryFolder {
  /// A spec with the id that its file name demands.
  @discardableResult
  func writeSpec(_ id: String, in folder: String, name: String = "A target", extra: String = "") throws
    -> String
  {
    try write(Self.spec(id, name: name, extra: extra), to: "\(folder)/\(id).json")
  }

  static func spec(_ id: String, name: String = "A target", extra: String = "") -> String {
    """
    {
      "schema": "haq.target/1.0", "id": "\(id)", "name": "\(name)", "version": "1", "summary": "s",
      "sources": "assumption", "batch": 2,
      "capabilities": {
        "layers": ["fully-connected"], "weight_bits": [2, 4], "activation_bits": [4, 8],
        "pairs": "all", "other_widths": "reject", "metrics": { "latency": { "aggregate": "sum" } }
      },
      "model": { "kind": "plugin", "library": "libnone.so", "abi": "1.0"\(extra) }
    }
    """
  }
}
