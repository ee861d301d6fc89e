/// The bytes that weights take on any hardware.
public struct WeightStorage: CostModel {
  public init() {}

  public func outcomes(of points: [Point], in network: Network) -> [PointOutcome] {
    points.map { point in
      .cost(Cost(values: [.weightBytes: Self.bytes(network.layers[point.layer], at: point.precision.weight)]))
    }
  }

  /// The weights of one layer, biases not counted; blocks that share a scale lie within the weights of an output.
  static func bytes(_ layer: Layer, at width: BitWidth) -> Double {
    let rowLength = (layer.inputChannels / layer.groups) * layer.kernel.area
    return Double(width.bits(rows: layer.outputChannels, rowLength: rowLength)) / 8
  }

  /// Every layer at 2 to 8 bits.
  public static func table(of network: Network) throws -> CostTable {
    let widths = BitWidth.all(from: BitWidth(2)!, through: .eight)
    return try CostTable(
      of: network, from: WeightStorage(), weightWidths: widths, activationWidths: widths,
      aggregates: [.weightBytes: .sum], provenance: .withoutHardware("no hardware"))
  }
}
