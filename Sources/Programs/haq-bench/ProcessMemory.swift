import Diagnostics
import Foundation

/// What this process has used.
enum ProcessMemory {
  /// The most that it ever had in memory.
  static func peakBytes() throws -> Double {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let peak = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }?
      .split(separator: " ").compactMap { Double($0) }.first
    guard let peak else { throw Diagnostic("/proc/self/status does not state the peak memory (VmHWM).") }
    return peak * 1024
  }
}
