internal import CHAQPlugin
import Core

/// Decides whether a library's table can be used, by the table of docs/abi.md, rule H-11.
enum Negotiation {
  static let hostVersion = ABIVersion(major: HAQ_ABI_MAJOR, minor: HAQ_ABI_MINOR)
  /// `haq_host.features`: ABI 1.0 defines none.
  static let hostFeatures: UInt64 = 0
  /// Size of `haq_plugin` in ABI 1.0; frozen, while `MemoryLayout<haq_plugin>` may grow.
  private static let tableFloor: UInt32 = 80
  /// Size of `haq_breakdown` in ABI 1.0.
  private static let breakdownFloor: UInt32 = 16

  /// The table as far as we know it, after every check of H-10 and H-11.
  static func table(at pointer: UnsafePointer<haq_plugin>, library: String) throws(PluginError) -> haq_plugin
  {
    // Any table is at least its first word long; only after the floor check is more of it read.
    let claimedSize = UnsafeRawPointer(pointer).load(as: UInt32.self)
    try checkSize(claimedSize, of: "haq_plugin", floor: tableFloor, library: library)
    let table = copyOfPrefix(of: pointer, claimedSize: claimedSize, into: haq_plugin())

    let version = ABIVersion(major: table.abi_major, minor: table.abi_minor)
    guard version.major == hostVersion.major else {
      throw .otherMajor(library: library, plugin: version, host: hostVersion)
    }
    let missing = table.required_features & ~hostFeatures
    guard missing == 0 else {
      throw .missingFeatures(library: library, bits: missing, plugin: version, host: hostVersion)
    }
    let required = [
      ("create", table.create != nil), ("evaluate", table.evaluate != nil),
      ("destroy", table.destroy != nil), ("id", hasText(table.id)), ("version", hasText(table.version)),
    ]
    if let absent = required.first(where: { !$0.1 }) {
      throw .malformed(library: library, problem: "\(absent.0), which is required, is NULL or empty")
    }
    return table
  }

  /// The `haq.breakdown/1` extension, nil when the plugin does not offer it; rule H-31.
  static func breakdown(of table: haq_plugin, library: String) throws(PluginError) -> haq_breakdown? {
    guard let pointer = table.extension?(HAQ_EXTENSION_BREAKDOWN) else { return nil }
    // The id promises that the pointer is to a haq_breakdown, which begins with its size.
    let claimedSize = pointer.load(as: UInt32.self)
    try checkSize(claimedSize, of: "haq_breakdown", floor: breakdownFloor, library: library)
    let breakdown = copyOfPrefix(
      of: pointer.assumingMemoryBound(to: haq_breakdown.self), claimedSize: claimedSize,
      into: haq_breakdown())
    guard breakdown.evaluate != nil else {
      throw .malformed(library: library, problem: "evaluate of \(HAQ_EXTENSION_BREAKDOWN) is NULL")
    }
    guard table.provides & HAQ_LATENCY != 0 else {
      throw .malformed(library: library, problem: "it offers \(HAQ_EXTENSION_BREAKDOWN) but no latency_s")
    }
    return breakdown
  }

  static func checkSize(
    _ size: UInt32, of name: String, floor: UInt32, library: String
  ) throws(PluginError) {
    if size < floor {
      throw .malformed(
        library: library, problem: "\(name).struct_size is \(size), less than the \(floor) of ABI 1.0")
    }
    if size % 8 != 0 {
      throw .malformed(library: library, problem: "\(name).struct_size is \(size), not a multiple of 8")
    }
  }

  private static func hasText(_ pointer: UnsafePointer<CChar>?) -> Bool {
    pointer.map { $0[0] != 0 } ?? false
  }
}
