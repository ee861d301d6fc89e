internal import CHAQPlugin

extension Negotiation {
  /// The `haq.components/1` extension, nil when the plugin does not offer it; rule H-34.
  static func components(of table: haq_plugin, library: String) throws(PluginError) -> haq_components? {
    let found = try copy(
      HAQ_EXTENSION_COMPONENTS, of: table, floor: 24, into: haq_components(), library: library)
    guard let found else { return nil }
    guard found.list != nil, found.evaluate != nil else {
      throw .malformed(
        library: library, problem: "list or evaluate of \(HAQ_EXTENSION_COMPONENTS) is NULL")
    }
    return found
  }

  /// The `haq.resources/1` extension, nil when the plugin does not offer it; rule H-35.
  static func resources(of table: haq_plugin, library: String) throws(PluginError) -> haq_resources? {
    let found = try copy(
      HAQ_EXTENSION_RESOURCES, of: table, floor: 16, into: haq_resources(), library: library)
    guard let found else { return nil }
    guard found.list != nil else {
      throw .malformed(library: library, problem: "list of \(HAQ_EXTENSION_RESOURCES) is NULL")
    }
    return found
  }

  /// The `haq.network/1` extension, nil when the plugin does not offer it; rule H-32.
  static func network(of table: haq_plugin, library: String) throws(PluginError) -> haq_network? {
    let found = try copy(
      HAQ_EXTENSION_NETWORK, of: table, floor: 16, into: haq_network(), library: library)
    guard let found else { return nil }
    guard found.evaluate != nil else {
      throw .malformed(library: library, problem: "evaluate of \(HAQ_EXTENSION_NETWORK) is NULL")
    }
    return found
  }

  /// The struct behind an extension's id, as far as we know it.
  private static func copy<Struct: BitwiseCopyable>(
    _ id: String, of table: haq_plugin, floor: UInt32, into zero: Struct, library: String
  ) throws(PluginError) -> Struct? {
    guard let pointer = table.extension?(id) else { return nil }
    // The id promises what the pointer leads to, which begins with its size (H-30, H-4).
    let claimedSize = pointer.load(as: UInt32.self)
    try checkSize(claimedSize, of: id, floor: floor, library: library)
    return copyOfPrefix(
      of: pointer.assumingMemoryBound(to: Struct.self), claimedSize: claimedSize, into: zero)
  }
}
