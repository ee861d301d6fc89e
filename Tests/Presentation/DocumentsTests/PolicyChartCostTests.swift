import Core
import Documents
import Rendering
import Testing

@Suite("Operations per byte above a policy's bits")
struct PolicyChartCostTests {
  private struct Latency: CostModel {
    func outcomes(of points: [Point], in network: Network) -> [PointOutcome] {
      points.map { _ in .cost(Cost(values: [.latency: 1])) }
    }
  }

  @Test("without stated traffic, outputs are moved at the width at which they are stored")
  func movedOnce() throws {
    let layers = ["first", "second"].map {
      Layer(
        name: $0, kind: .convolution, inputChannels: 4, outputChannels: 4, input: Extent(square: 4),
        output: Extent(square: 4))
    }
    let widths = [4, 8].compactMap(BitWidth.init)
    func intensities(_ readers: [[Int]]?) throws -> [Double] {
      let table = try CostTable(
        of: Network(name: "two", batch: 2, layers: layers, outputReaders: readers), from: Latency(),
        weightWidths: widths, activationWidths: widths, aggregates: [.latency: .sum],
        provenance: .withoutHardware("t"))
      let policy = Policy(["W8A4", "W4A8"].compactMap(Precision.init))
      return try PolicyChart(of: policy, in: table).entries.map(\.intensity)
    }
    // 16 weights; 64 inputs and 64 outputs, and 256 multiply-accumulates, of each of 2 samples: 1024 operations. In bits:
    // 16 x 8 + 2 x (64 x 4 + 64 x 8) = 1664, 208 bytes; 16 x 4 + 2 x (64 x 8 + 64 x 32) = 5184, 648 bytes.
    #expect(try intensities([[1], []]) == [1024.0 / 208, 1024.0 / 648])
    // Without connections, outputs as inputs: 16 x 8 + 2 x 128 x 4 = 1152, 144 bytes; 64 + 2048 = 2112, 264 bytes.
    #expect(try intensities(nil) == [1024.0 / 144, 1024.0 / 264])
  }
}
