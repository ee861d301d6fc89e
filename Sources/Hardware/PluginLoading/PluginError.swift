public import Core

/// Why a plugin cannot be used, or what it did wrong; the text names it and says what to do.
public enum PluginError: Error, Hashable, Sendable {
  /// The library does not load; `reason` is the dynamic linker's.
  case cannotOpen(library: String, reason: String)
  /// The library loads but has no entry point.
  case notAPlugin(library: String)
  /// The library was built for another major version of the ABI.
  case otherMajor(library: String, plugin: ABIVersion, host: ABIVersion)
  /// The library depends on features that this program lacks; one bit each.
  case missingFeatures(library: String, bits: UInt64, plugin: ABIVersion, host: ABIVersion)
  /// The library breaks a rule of docs/abi.md outside of any cost.
  case malformed(library: String, problem: String)
  /// The target promises a metric that its plugin cannot fill.
  case metricNotProvided(plugin: String, metric: Metric, provided: [Metric])
  /// The target wants costs of whole networks, which its plugin does not give.
  case networkNotProvided(plugin: String, metrics: [Metric])
  /// The target wants costs in a format that its plugin, or one of its functions, does not know.
  case formatNotKnown(plugin: String, format: BitWidth)
  /// Something that the program was to hand over does not fit the ABI.
  case notRepresentable(plugin: String, problem: String)
  /// The plugin returned an error; `message` is its own sentence.
  case failed(plugin: String, target: String, call: Call, code: Int32, message: String)
  /// A cell breaks the rules: not written, not finite, negative, or too large.
  ///
  /// `widths` are those of the point, such as `W4A8`.
  case fault(plugin: String, layer: String, widths: String, column: String, problem: String)
  /// The same for the cost of a whole network; `policy` says at which widths.
  case networkFault(plugin: String, network: String, policy: String, column: String, problem: String)
  /// Bare functions cannot be called, or one of them says that it failed.
  case bareFunctions(problem: String)

  /// The function that failed.
  public enum Call: String, Hashable, Sendable {
    case create
    case evaluate
    case breakdown
    case components
    case network
  }
}
