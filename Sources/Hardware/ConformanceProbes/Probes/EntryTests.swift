import CHAQPlugin
import Core
import Isolation
import PluginLoading

extension Probe {
  static let entryTests: [String: Test] = [
    "entry-constant": { probe in
      let entry = probe.plugin.entry
      guard let first = entry(probe.plugin.host), let second = entry(probe.plugin.host) else {
        throw ProbeFailure("the entry returns NULL at a later call")
      }
      guard first == second, probe.bytes(of: first.pointee) == probe.bytes(of: probe.plugin.table) else {
        throw ProbeFailure("the entry returns another table at a later call")
      }
      return .passed
    },
    "entry-fast": { probe in
      let entry = probe.plugin.entry
      let time = ContinuousClock().measure { _ = entry(probe.plugin.host) }
      return time > .milliseconds(10) ? .warning("the entry takes \(time), more than 10 ms") : .passed
    },
    "unknown-extension": { probe in
      guard let query = probe.plugin.table.extension else { return .passed }
      for id in ["haq.unknown/1", "haq.breakdown/99", "draft.nothing", ""] where query(id) != nil {
        throw ProbeFailure("extension(\"\(id)\") is not NULL")
      }
      return .passed
    },
  ]

  private func bytes(of table: haq_plugin) -> [UInt8] { withUnsafeBytes(of: table) { Array($0) } }
}
