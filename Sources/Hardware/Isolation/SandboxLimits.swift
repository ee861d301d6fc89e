import CConfinement

/// What a library may use in its sandbox.
public struct SandboxLimits: Hashable, Sendable {
  /// Seconds of the wall clock for one call.
  public var timeoutSeconds: Double
  /// Bytes of address space of the whole process.
  public var addressSpaceBytes: Int
  /// Open files of the whole process.
  public var openFiles: Int
  /// Files, and folders with all that is below them, that the library may read besides its own and the system's.
  public var readablePaths: [String]
  /// What is used where the kernel has it; only tests leave any of it out.
  package var bestEffort = BestEffort.all

  public init(
    timeoutSeconds: Double = 60, addressSpaceBytes: Int = 4 << 30, openFiles: Int = 64,
    readablePaths: [String] = []
  ) {
    self.timeoutSeconds = timeoutSeconds
    self.addressSpaceBytes = addressSpaceBytes
    self.openFiles = openFiles
    self.readablePaths = readablePaths
  }

  /// Parts of the sandbox that not every kernel has.
  package struct BestEffort: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let landlock = BestEffort(rawValue: 1)
    package static let namespaces = BestEffort(rawValue: 2)
    package static let all: BestEffort = [.landlock, .namespaces]
  }

  /// Whether this build limits the address space; one with a sanitizer cannot, because shadow memory takes terabytes of it.
  package static var limitsAddressSpace: Bool { confinement_has_sanitizer() == 0 }
}
