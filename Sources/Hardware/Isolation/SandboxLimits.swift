import CPlatform

/// What a library may use in its sandbox.
public struct SandboxLimits: Hashable, Sendable {
  /// Seconds of the wall clock for one call.
  public var timeoutSeconds: Double
  /// Bytes of address space of the whole process.
  public var addressSpaceBytes: Int
  /// Open files of the whole process.
  public var openFiles: Int

  public init(timeoutSeconds: Double = 60, addressSpaceBytes: Int = 4 << 30, openFiles: Int = 64) {
    self.timeoutSeconds = timeoutSeconds
    self.addressSpaceBytes = addressSpaceBytes
    self.openFiles = openFiles
  }

  /// Whether this build limits the address space; one with a sanitizer cannot, because shadow memory takes terabytes of it.
  package static var limitsAddressSpace: Bool { cplatform_has_sanitizer() == 0 }
}
