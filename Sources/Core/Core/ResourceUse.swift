/// How much of something limited a target takes of its device, such as look-up tables of an FPGA.
public struct ResourceUse: Hashable, Sendable, Codable {
  /// Such as `LUT`; unique among the resources of its target.
  public var name: String
  /// What the target takes, estimated; at least 0 and at most `capacity`.
  public var used: Double
  /// What the device has; more than 0.
  public var capacity: Double

  public init(name: String, used: Double, capacity: Double) {
    self.name = name
    self.used = used
    self.capacity = capacity
  }

  /// The part of the device that is taken, 0 to 1.
  public var share: Double { used / capacity }
}
