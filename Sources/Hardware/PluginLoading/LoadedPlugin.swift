package import CHAQPlugin
public import Core
internal import Glibc

/// A plugin library that is loaded and passed negotiation (docs/abi.md, H-7 to H-11).
///
/// `@unchecked Sendable`: all stored values are constants. The table's pointers lead to constant
/// memory of a library that is never unloaded (H-8, H-9), and its `[any]` functions may be called
/// from every thread (H-16); `PluginInstance` keeps the `[instance]` functions serial.
public struct LoadedPlugin: @unchecked Sendable {
  public let path: String
  /// The plugin's own name and version, such as `haq.bismo` and `1.0.0`.
  public var id: String { facts.id }
  public var version: String { facts.version }
  /// The ABI that the library was compiled against.
  public var abi: ABIVersion { facts.abi }
  /// The metrics that the plugin can fill.
  public var provides: Set<Metric> { facts.provides }
  /// Whether the plugin says where latency comes from (`haq.breakdown/1`).
  public var providesBreakdown: Bool { facts.providesBreakdown }
  /// Whether the plugin says what whole networks cost (`haq.network/1`).
  public var providesNetwork: Bool { facts.providesNetwork }
  /// Whether costs depend on the widths of outputs, so that points state them.
  public var usesOutputWidths: Bool { facts.usesOutputWidths }
  /// Whether the plugin knows formats other than integers and 32-bit floats, so that points state them.
  public var usesFormats: Bool { facts.usesFormats }
  /// Whether costs come from real hardware, so that two calls may differ.
  public var isMeasured: Bool { facts.isMeasured }

  /// Whether one instance may be asked from several threads at once.
  package var isReentrant: Bool { table.flags & HAQ_REENTRANT != 0 }

  /// Whether the plugin knows the extension `id`.
  package func offers(_ id: String) -> Bool { table.extension?(id) != nil }

  package typealias Entry = @convention(c) (UnsafePointer<haq_host>?) -> UnsafePointer<haq_plugin>?

  package let entry: Entry
  package let facts: ModelFacts
  package let table: haq_plugin
  package let breakdown: haq_breakdown?
  package let network: haq_network?
  package let host: UnsafePointer<haq_host>
  private let statusColumn: StatusColumn?

  /// Loads a library and reads its table; the library stays loaded for the life of the process.
  ///
  /// Loading runs the library's code in this process: only give it paths that the user trusts.
  ///
  /// - Parameter path: the file; never searched for, so a bare name is a file in the current folder.
  /// - Parameter log: receives the plugin's log lines, from any thread.
  public init(
    path: String, log: @escaping @Sendable (PluginLogLine) -> Void = LoadedPlugin.writeToStandardError
  ) throws(PluginError) {
    try self.init(opening: path.contains("/") ? path : "./" + path, called: path, log: log)
  }

  /// Loads the very bytes that a descriptor leads to, whatever has become of the file's name.
  ///
  /// - Parameter path: what messages call the library.
  /// - Parameter isCancelled: what the plugin's questions are answered by.
  /// - Parameter statusColumn: where the plugin is to write its statuses; nil for memory of our own.
  package init(
    descriptor: Int32, called path: String, statusColumn: StatusColumn? = nil,
    isCancelled: @escaping @Sendable () -> Bool = { Task.isCancelled },
    log: @escaping @Sendable (PluginLogLine) -> Void = LoadedPlugin.writeToStandardError
  ) throws(PluginError) {
    try self.init(
      opening: "/proc/self/fd/\(descriptor)", called: path, statusColumn: statusColumn,
      isCancelled: isCancelled, log: log)
  }

  private init(
    opening file: String, called path: String, statusColumn: StatusColumn? = nil,
    // Only the thread of the calling task knows; a plugin's own threads get the answer to go on.
    isCancelled: @escaping @Sendable () -> Bool = { Task.isCancelled },
    log: @escaping @Sendable (PluginLogLine) -> Void
  ) throws(PluginError) {
    // RTLD_LOCAL keeps the symbols of two plugins apart, RTLD_NOW reports a missing one here.
    guard let handle = dlopen(file, RTLD_NOW | RTLD_LOCAL) else {
      let reason = dlerror().map { String(cString: $0) } ?? "unknown reason"
      throw .cannotOpen(library: path, reason: reason.replacing(file, with: path))
    }
    guard let symbol = dlsym(handle, HAQ_ENTRY_SYMBOL) else { throw .notAPlugin(library: path) }
    // The symbol's name promises this signature (H-7); nothing can check it.
    let entry = unsafeBitCast(symbol, to: Entry.self)

    let fileName = path.split(separator: "/").last.map(String.init) ?? path
    host = HostServices.makeImmortal(log: PluginLog(library: fileName, sink: log), isCancelled: isCancelled)
    guard let pointer = entry(host) else {
      throw .malformed(library: path, problem: "\(HAQ_ENTRY_SYMBOL) returned NULL")
    }
    let table = try Negotiation.table(at: pointer, library: path)
    let breakdown = try Negotiation.breakdown(of: table, library: path)
    let network = try Negotiation.network(of: table, library: path)
    self.entry = entry
    self.table = table
    self.breakdown = breakdown
    self.network = network
    self.path = path
    self.statusColumn = statusColumn
    facts = ModelFacts(
      // Negotiation proved both texts to be there; H-2 promises the final zero.
      id: String(cString: table.id), version: String(cString: table.version),
      abi: ABIVersion(major: table.abi_major, minor: table.abi_minor),
      provides: Set(Metric.ofTargets.filter { table.provides & ($0.column ?? 0) != 0 }),
      providesBreakdown: breakdown != nil, providesNetwork: network != nil,
      // Version 1.0 has no such flags, and the bits no meaning.
      usesOutputWidths: table.abi_minor >= 1 && table.flags & HAQ_USES_OUTPUT_BITS != 0,
      usesFormats: table.abi_minor >= 1 && table.flags & HAQ_USES_FORMATS != 0,
      isMeasured: table.flags & HAQ_MEASURED != 0,
      maxPoints: Int(table.max_points))
  }

  /// Writes `libx.so: warning: text` to standard error; debug lines are left out.
  public static let writeToStandardError: @Sendable (PluginLogLine) -> Void = { line in
    guard line.level != .debug else { return }
    let bytes = Array("\(line.library): \(line.level): \(line.text.visibleLine)\n".utf8)
    // One call, so that lines of several threads do not mix; a lost log line is no error.
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }
}

extension LoadedPlugin: ModelLibrary {
  package func instance(of setup: ModelSetup) throws -> any ModelInstance {
    try PluginInstance(plugin: self, setup: setup, statusColumn: statusColumn)
  }
}
