/// The bytes that weights take as indices into a codebook of each layer, the codebook's 32-bit centroids included.
///
/// Biases and the scale of each channel do not count, as they do not in `WeightStorage`.
public struct CodebookStorage: CostModel {
  public init() {}

  public func outcomes(of points: [Point], in network: Network) -> [PointOutcome] {
    points.map { point in
      let bits = Self.bits(
        weights: network.layers[point.layer].weightCount, width: point.precision.weight.bits)
      return .cost(Cost(values: [.weightBytes: Double(bits) / 8]))
    }
  }

  /// Bits that `count` weights take with `width` bits each: the indices, and the centroids as 32-bit floats.
  ///
  /// A codebook never has more entries than there are weights.
  package static func bits(weights count: Int, width: Int) -> Int {
    count * width + 32 * min(count, 1 << min(width, 32))
  }

  /// Every layer at 2 to 8 bits, with activations in floats.
  public static func table(of network: Network) throws -> CostTable {
    try CostTable(
      of: network, from: CodebookStorage(), weightWidths: BitWidth.all(from: BitWidth(2)!, through: .eight),
      activationWidths: [.float], aggregates: [.weightBytes: .sum], provenance: .withoutHardware("codebooks"))
  }
}
