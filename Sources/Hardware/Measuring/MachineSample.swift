import Foundation

/// What this machine did until a moment, by Linux's own counts; counts that it does not have are nil.
package struct MachineSample: Hashable, Sendable {
  /// Of all processors since the system started, in ticks.
  var total, busy, stolen: Double
  /// Of this program and of those that it has started, in ticks.
  var own: Double
  /// Runnable programs, averaged over a minute.
  var load: Double?
  /// Of the fastest processor, in hertz: the others may be idle.
  var clockHertz: Double?
  /// How often processors were slowed down because they were hot.
  var throttles: Int?

  /// Reads a file; nil where there is none.
  package typealias Files = (_ path: String) -> String?

  /// Nil where the system does not tell what its processors do.
  ///
  /// - Parameters:
  ///   - processes: The programs whose work is not foreign: their process numbers.
  ///   - processors: Their numbers.
  package init?(files: Files, processes: [Int32], processors: Range<Int>) {
    guard let line = files("/proc/stat")?.split(separator: "\n").first, line.hasPrefix("cpu ") else {
      return nil
    }
    let ticks = line.split(separator: " ").dropFirst().compactMap { Double($0) }
    guard ticks.count >= 8 else { return nil }
    // user, nice, system, idle, iowait, irq, softirq, steal (proc(5)).
    total = ticks[..<8].reduce(0, +)
    stolen = ticks[7]
    busy = total - ticks[3] - ticks[4] - stolen
    own = processes.compactMap { files("/proc/\($0)/stat").flatMap(Self.ticks) }.reduce(0, +)
    load = files("/proc/loadavg")?.split(separator: " ").first.flatMap { Double($0) }
    let folder = "/sys/devices/system/cpu/cpu"
    let scaled = processors.compactMap {
      files("\(folder)\($0)/cpufreq/scaling_cur_freq").flatMap { Double($0.trimmed) }.map { $0 * 1e3 }
    }
    clockHertz = scaled.max() ?? files("/proc/cpuinfo").flatMap(Self.clock)
    let counts = processors.compactMap {
      files("\(folder)\($0)/thermal_throttle/core_throttle_count").flatMap { Int($0.trimmed) }
    }
    throttles = counts.isEmpty ? nil : counts.reduce(0, +)
  }

  /// Of a program and of those that it has started and waited for.
  private static func ticks(_ status: String) -> Double? {
    // The name, in parentheses, may have any character.
    guard let end = status.lastIndex(of: ")") else { return nil }
    let words = status[end...].split(separator: " ")
    guard words.count > 15 else { return nil }
    return words[12...15].compactMap { Double($0) }.reduce(0, +)
  }

  private static func clock(_ information: String) -> Double? {
    information.split(separator: "\n").filter { $0.hasPrefix("cpu MHz") }
      .compactMap {
        $0.split(separator: ":").last.flatMap { Double($0.trimmingCharacters(in: .whitespaces)) }
      }
      .max().map { $0 * 1e6 }
  }
}

extension String {
  fileprivate var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
