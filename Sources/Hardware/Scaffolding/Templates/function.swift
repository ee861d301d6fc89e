// What one layer costs, in seconds. The spec says which numbers arrive here, and in which order.

@c(latency_s)
public func latency(
  macs: UInt64, weightBits: UInt32, activationBits: UInt32, bitProductsPerSecond: Double
) -> Double {
  Double(macs) * Double(weightBits) * Double(activationBits) / bitProductsPerSecond
}
