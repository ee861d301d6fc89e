import Core
import Quantization
import Specs

/// The bytes that weights take as indices into a codebook of each layer, the codebook's 32-bit centroids included.
///
/// Biases and the scale of each channel do not count, as they do not where weights are on grids.
struct CodebookStorage: CostModel {
  func outcomes(of points: [Point], in network: Network) -> [PointOutcome] {
    points.map { point in
      let bits = Codebook.storedBits(
        weights: network.layers[point.layer].weightCount, width: point.precision.weight.bits)
      return .cost(Cost(values: [.weightBytes: Double(bits) / 8]))
    }
  }

  /// Every layer at 2 to 8 bits, with activations in floats.
  static func table(of network: Network) throws -> CostTable {
    try CostTable(
      of: network, from: CodebookStorage(), weightWidths: BitWidth.all(from: BitWidth(2)!, through: .eight),
      activationWidths: [.float], aggregates: [.weightBytes: .sum],
      provenance: .init(
        target: "codebooks", specSHA256: "none", librarySHA256: nil, networkSHA256: network.shapeSHA256,
        programVersion: ProgramVersion.current))
  }
}
