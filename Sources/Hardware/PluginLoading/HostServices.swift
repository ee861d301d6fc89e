internal import CHAQPlugin
import Core
internal import Synchronization

/// Makes the `haq_host` that a plugin sees.
enum HostServices {
  /// Every host that was made: a library that was refused has forgotten its own, and memory that nobody can find looks
  /// like a mistake to a leak checker.
  private static let immortals = Mutex<[UInt]>([])

  /// A host that reports to `log` and answers `cancelled` by `isCancelled`.
  ///
  /// Never freed, nor is what it holds released: H-13 promises a plugin both for the life of the process,
  /// and libraries are never unloaded.
  static func makeImmortal(
    log: PluginLog, isCancelled: @escaping @Sendable () -> Bool
  ) -> UnsafePointer<haq_host> {
    let host = UnsafeMutablePointer<haq_host>.allocate(capacity: 1)
    host.initialize(to: haq_host())
    host.pointee.struct_size = UInt32(MemoryLayout<haq_host>.size)
    host.pointee.abi_major = Negotiation.hostVersion.major
    host.pointee.abi_minor = Negotiation.hostVersion.minor
    host.pointee.features = Negotiation.hostFeatures
    host.pointee.host_data = Unmanaged.passRetained(HostState(log: log, isCancelled: isCancelled)).toOpaque()
    host.pointee.log = { host, level, text in
      guard let text else { return }
      HostState.of(host)?.log.report(level: level, text: String(cString: text))
    }
    host.pointee.cancelled = { host in HostState.of(host)?.isCancelled() == true ? 1 : 0 }
    host.pointee.extension = { _, _ in nil }
    let address = UInt(bitPattern: host)
    immortals.withLock { $0.append(address) }
    return UnsafePointer(host)
  }
}

/// What `haq_host.host_data` leads to.
private final class HostState: Sendable {
  let log: PluginLog
  let isCancelled: @Sendable () -> Bool

  init(log: PluginLog, isCancelled: @escaping @Sendable () -> Bool) {
    self.log = log
    self.isCancelled = isCancelled
  }

  /// host_data is a state that was retained for ever; a plugin must not change the host (H-5).
  static func of(_ host: UnsafePointer<haq_host>?) -> HostState? {
    host?.pointee.host_data.map { Unmanaged<HostState>.fromOpaque($0).takeUnretainedValue() }
  }
}
