import CPlatform

/// What a library may use in its sandbox.
public struct SandboxLimits: Hashable, Sendable {
  /// Seconds of the wall clock for one call.
  public var timeout_s: Double
  /// Bytes of address space of the whole process.
  public var addressSpace_bytes: Int
  /// Open files of the whole process.
  public var openFiles: Int

  public init(timeout_s: Double = 60, addressSpace_bytes: Int = 4 << 30, openFiles: Int = 64) {
    self.timeout_s = timeout_s
    self.addressSpace_bytes = addressSpace_bytes
    self.openFiles = openFiles
  }

  /// Whether this build limits the address space; one with a sanitizer cannot, because shadow memory takes terabytes of it.
  package static var limitsAddressSpace: Bool { cplatform_has_sanitizer() == 0 }
}
