public import Core

/// Costs for a table that waits for measured ones: products of single bits at 10^12 a second.
public struct MadeUpCosts: CostModel {
  /// The same number as in the templates of functions and plugins.
  static let bitProductsPerSecond = 1e12

  public init() {}

  /// Multiply-accumulates of the batch times both widths, over the rate.
  public func outcomes(of points: [Point], in network: Network) -> [PointOutcome] {
    points.map { point in
      let macs = Double(network.layers[point.layer].multiplyAccumulates) * Double(network.batch)
      let bits = Double(point.precision.weight.bits) * Double(point.precision.activation.bits)
      return .cost(Cost(values: [.latency: macs * bits / Self.bitProductsPerSecond]))
    }
  }
}
