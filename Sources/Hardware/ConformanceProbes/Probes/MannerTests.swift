import CHAQPlugin
import Core
import Glibc
import Isolation
import PluginLoading

extension Probe {
  static let mannerTests: [String: Test] = [
    // What is printed meanwhile is judged outside.
    "prints-nothing": { probe in
      _ = try probe.baseline()
      return .passed
    },
    "threads-end": { probe in
      let before = threads()
      _ = try probe.baseline()
      for _ in 0..<20 where threads() > before { usleep(5_000) }
      guard threads() <= before else { throw ProbeFailure("a thread outlives the destroy of its instance") }
      return .passed
    },
    "process-unchanged": { probe in
      let before = ProcessState()
      _ = try probe.baseline()
      if let change = before.change(to: ProcessState()) { throw ProbeFailure("it changes \(change)") }
      return .passed
    },
    "cancels": { probe in
      var host = probe.plugin.host.pointee
      host.cancelled = { _ in 1 }
      let kept = UnsafeMutablePointer<haq_host>.allocate(capacity: 1)
      kept.initialize(to: host)
      let owner = try PluginSetup(plugin: "", probe.request.setup)
      let instance = try ProbedInstance(
        probe, UnsafePointer(owner.pointer), keeping: owner, host: UnsafePointer(kept))
      defer { instance.destroy() }
      var code: Int32 = 0
      let time = ContinuousClock().measure { code = instance.evaluate(probe.points).code }
      guard time < .seconds(1) else {
        throw ProbeFailure("evaluate takes \(time) although the host says cancelled")
      }
      guard code == HAQ_OK || code == HAQ_ERROR_CANCELLED else {
        throw ProbeFailure("evaluate returns \(code) when it is cancelled, not HAQ_ERROR_CANCELLED")
      }
      return .passed
    },
  ]

  private static func threads() -> Int {
    guard let folder = opendir("/proc/self/task") else { return 0 }
    defer { closedir(folder) }
    var count = -2  // the folder itself and the one above
    while readdir(folder) != nil { count += 1 }
    return count
  }
}

/// What a plugin must leave as it is in its process (H-19).
private struct ProcessState {
  private let rounding = fegetround()
  private let locale = setlocale(LC_ALL, nil).map { String(cString: $0) }
  private let folder = getcwd(nil, 0).map { text in
    defer { free(text) }
    return String(cString: text)
  }
  private let handlers = (Int32(1)..<32).map { number -> [UInt8] in
    var action = sigaction()
    sigaction(number, nil, &action)
    return withUnsafeBytes(of: action.__sigaction_handler) { Array($0) }
  }
  private let path = getenv("LC_ALL").map { String(cString: $0) }

  func change(to after: ProcessState) -> String? {
    if rounding != after.rounding { return "how floating-point numbers are rounded" }
    if locale != after.locale { return "the locale" }
    if folder != after.folder { return "the current folder" }
    if path != after.path { return "the environment" }
    return zip(handlers, after.handlers).enumerated().first { $1.0 != $1.1 }
      .map { "the handler of signal \($0.offset + 1)" }
  }
}
