import Glibc
import PluginLoading

/// The arguments that `haq` starts `haq-sandbox` with.
struct SandboxArguments: Hashable {
  var addressSpaceBytes: UInt64
  var openFiles: UInt32
  /// Threads that the library may have at once.
  var threads: UInt32
  /// Of the processor, for the whole life of the process.
  var processorSeconds: UInt64
  var bestEffort: SandboxLimits.BestEffort
  /// What messages call the libraries that are loaded before the one that is asked for; in their order.
  var dependencies: [String]
  var readablePaths: [String]

  /// Calls that may each use their whole time on all processors. More than any user makes; calls are ended by the wall
  /// clock, and between batches the process is stopped, so this only ends what escapes both.
  private static let calls = 10_000.0

  init(_ limits: SandboxLimits, dependencies: [String]) {
    let processors = UInt32(max(1, min(65_536, sysconf(Int32(_SC_NPROCESSORS_ONLN)))))
    addressSpaceBytes = UInt64(max(0, limits.addressSpaceBytes))
    openFiles = UInt32(clamping: limits.openFiles)
    threads = max(256, 4 * processors)
    processorSeconds = UInt64(
      (max(1, min(limits.timeoutSeconds, 1e6)) * Double(processors) * Self.calls).rounded(.up))
    bestEffort = limits.bestEffort
    self.dependencies = dependencies
    readablePaths = limits.readablePaths
  }

  /// Nil when `texts` are not what `texts` of this type made.
  init?(texts: [String]) {
    guard texts.count >= 6, let bytes = UInt64(texts[0]), let files = UInt32(texts[1]),
      let threads = UInt32(texts[2]), let seconds = UInt64(texts[3]), let parts = UInt32(texts[4]),
      let count = Int(texts[5]), (0...SealedLibrary.dependencyLimit).contains(count), texts.count >= 6 + count
    else { return nil }
    addressSpaceBytes = bytes
    openFiles = files
    self.threads = threads
    processorSeconds = seconds
    bestEffort = SandboxLimits.BestEffort(rawValue: parts)
    dependencies = Array(texts[6..<6 + count])
    readablePaths = Array(texts[(6 + count)...])
  }

  var texts: [String] {
    [
      "\(addressSpaceBytes)", "\(openFiles)", "\(threads)", "\(processorSeconds)", "\(bestEffort.rawValue)",
      "\(dependencies.count)",
    ] + dependencies + readablePaths
  }
}
