internal import CHAQPlugin

/// Makes the `haq_host` that a plugin sees.
enum HostServices {
  /// A host that reports to `log`.
  ///
  /// Never freed, nor is `log` released: H-13 promises a plugin both for the life of the process,
  /// and libraries are never unloaded.
  static func makeImmortal(log: PluginLog) -> UnsafePointer<haq_host> {
    let host = UnsafeMutablePointer<haq_host>.allocate(capacity: 1)
    host.initialize(to: haq_host())
    host.pointee.struct_size = UInt32(MemoryLayout<haq_host>.size)
    host.pointee.abi_major = Negotiation.hostVersion.major
    host.pointee.abi_minor = Negotiation.hostVersion.minor
    host.pointee.features = Negotiation.hostFeatures
    host.pointee.host_data = Unmanaged.passRetained(log).toOpaque()
    host.pointee.log = { host, level, text in
      guard let text, let data = host?.pointee.host_data else { return }
      // host_data is the PluginLog retained above; a plugin must not change the host (H-5).
      Unmanaged<PluginLog>.fromOpaque(data).takeUnretainedValue()
        .report(level: level, text: String(cString: text))
    }
    // Only the thread of the calling task knows; a plugin's own threads are told to go on.
    host.pointee.cancelled = { _ in Task.isCancelled ? 1 : 0 }
    host.pointee.extension = { _, _ in nil }
    return UnsafePointer(host)
  }
}
