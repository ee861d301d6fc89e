import Core
import PluginLoading

/// The errors that a sandbox can meet; those about metrics and cells arise where columns are checked, outside of it.
extension FrameWriter {
  mutating func pluginError(_ error: PluginError) {
    switch error {
    case .cannotOpen(let library, let reason):
      number(UInt8(1))
      text(library)
      text(reason)
    case .notAPlugin(let library):
      number(UInt8(2))
      text(library)
    case .otherMajor(let library, let plugin, let host):
      number(UInt8(3))
      text(library)
      for part in [plugin.major, plugin.minor, host.major, host.minor] { number(part) }
    case .missingFeatures(let library, let bits, let plugin, let host):
      number(UInt8(4))
      text(library)
      number(bits)
      for part in [plugin.major, plugin.minor, host.major, host.minor] { number(part) }
    case .malformed(let library, let problem):
      number(UInt8(5))
      text(library)
      text(problem)
    case .notRepresentable(let plugin, let problem):
      number(UInt8(6))
      text(plugin)
      text(problem)
    case .failed(let plugin, let target, let call, let code, let message):
      number(UInt8(7))
      text(plugin)
      text(target)
      text(call.rawValue)
      number(code)
      text(message)
    case .bareFunctions(let problem):
      number(UInt8(8))
      text(problem)
    case .metricNotProvided, .networkNotProvided, .formatNotKnown, .fault, .networkFault:
      preconditionFailure("found by the reader of columns, not by their writer")
    }
  }
}

extension FrameReader {
  mutating func pluginError() throws(FrameError) -> PluginError {
    switch try number(UInt8.self) {
    case 1: return .cannotOpen(library: try text(), reason: try text())
    case 2: return .notAPlugin(library: try text())
    case 3: return .otherMajor(library: try text(), plugin: try version(), host: try version())
    case 4:
      return .missingFeatures(
        library: try text(), bits: try number(), plugin: try version(), host: try version())
    case 5: return .malformed(library: try text(), problem: try text())
    case 6: return .notRepresentable(plugin: try text(), problem: try text())
    case 7:
      let (plugin, target) = (try text(), try text())
      guard let call = PluginError.Call(rawValue: try text()) else {
        throw FrameError("names a call that does not exist")
      }
      return .failed(plugin: plugin, target: target, call: call, code: try number(), message: try text())
    case 8: return .bareFunctions(problem: try text())
    case let other: throw FrameError("has the unknown error \(other)")
    }
  }

  private mutating func version() throws(FrameError) -> ABIVersion {
    ABIVersion(major: try number(), minor: try number())
  }
}
