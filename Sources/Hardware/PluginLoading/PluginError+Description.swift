internal import CHAQPlugin
internal import Core

extension PluginError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .cannotOpen(let library, let reason):
      "cannot load \(library): \(reason)"
    case .notAPlugin(let library):
      "\(library) is not a plugin: it does not export \(HAQ_ENTRY_SYMBOL). "
        + "To call its functions directly use model.kind = function."
    case .otherMajor(let library, let plugin, let host):
      "\(library) is built for plugin ABI \(plugin), this program speaks ABI \(host). "
        + "Rebuild the plugin with this program's haq_plugin.h, or update the older of the two."
    case .missingFeatures(let library, let bits, let plugin, let host):
      "\(library) (ABI \(plugin)) needs features that this program (ABI \(host)) lacks: "
        + "\(Self.bitNames(bits)) of required_features. Update this program."
    case .malformed(let library, let problem):
      "\(library) breaks the plugin ABI: \(problem). Tell its author; the rules are in docs/abi.md."
    case .metricNotProvided(let plugin, let metric, let provided):
      "plugin \(plugin) does not provide \(metric.key); it provides "
        + "\(provided.map(\.key).joined(separator: ", ")). Correct the spec's capabilities.metrics."
    case .networkNotProvided(let plugin, let metrics):
      "plugin \(plugin) does not offer \(HAQ_EXTENSION_NETWORK), which metrics with \"aggregate\": \"network\" "
        + "need: \(metrics.map(\.key).joined(separator: ", ")). Correct the spec's capabilities.metrics, or "
        + "implement the extension (docs/abi.md, H-32)."
    case .formatNotKnown(let plugin, let format):
      "plugin \(plugin) knows integers and 32-bit floats only, and cannot be asked about \(format). A plugin that knows "
        + "other formats sets HAQ_USES_FORMATS (docs/abi.md, H-42); a function with the argument point.weight_bits or "
        + "point.activation_bits has point.weight_format or point.activation_format, too. Otherwise leave \(format) out "
        + "of the spec's capabilities and of the policy."
    case .notRepresentable(let plugin, let problem):
      "cannot hand the network to plugin \(plugin): \(problem)"
    case .failed(let plugin, let target, let call, let code, let message):
      "plugin \(plugin) failed in \(call.rawValue) for target \(target) (\(Self.name(of: code))): "
        + (message.isEmpty ? "it gave no reason" : message)
    case .fault(let plugin, let layer, let widths, let column, let problem):
      "plugin \(plugin) is faulty: \(column) of layer \"\(layer)\" at \(widths) \(problem)"
    case .networkFault(let plugin, let network, let policy, let column, let problem):
      "plugin \(plugin) is faulty: \(column) of network \"\(network)\" as a whole, \(policy), \(problem)"
    case .bareFunctions(let problem): problem
    }
  }

  private static func bitNames(_ bits: UInt64) -> String {
    (0..<UInt64.bitWidth).filter { bits >> $0 & 1 == 1 }.map { "bit \($0)" }.joined(separator: ", ")
  }

  private static func name(of code: Int32) -> String {
    switch code {
    case HAQ_ERROR_INVALID: "invalid"
    case HAQ_ERROR_UNSUPPORTED: "unsupported"
    case HAQ_ERROR_RESOURCE: "resource"
    case HAQ_ERROR_CANCELLED: "cancelled"
    case HAQ_ERROR_INTERNAL: "internal"
    default: "unknown code \(code)"
    }
  }
}
