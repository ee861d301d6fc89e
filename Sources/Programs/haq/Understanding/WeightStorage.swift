import Core

/// What is known without any hardware: the bytes that weights take.
struct WeightStorage: CostModel {
  func outcomes(of points: [Point], in network: Network) -> [PointOutcome] {
    points.map { point in
      let bits = network.layers[point.layer].weightCount * point.precision.weight.bits
      return .cost(Cost(values: [.weightBytes: Double(bits) / 8]))
    }
  }

  /// Every layer at 2 to 8 bits.
  static func table(of network: Network) throws -> CostTable {
    let widths = BitWidth.all(from: BitWidth(2)!, through: .eight)
    return try CostTable(
      of: network, from: WeightStorage(), weightWidths: widths, activationWidths: widths,
      aggregates: [.weightBytes: .sum],
      provenance: .init(
        target: "no hardware", specSHA256: "", librarySHA256: nil, networkSHA256: "",
        programVersion: ProgramVersion.current))
  }
}
