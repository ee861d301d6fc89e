/// A version of the plugin ABI, written `1.0`.
public struct ABIVersion: Hashable, Sendable, CustomStringConvertible {
  public var major: UInt32
  public var minor: UInt32

  public init(major: UInt32, minor: UInt32) {
    self.major = major
    self.minor = minor
  }

  public var description: String { "\(major).\(minor)" }
}
