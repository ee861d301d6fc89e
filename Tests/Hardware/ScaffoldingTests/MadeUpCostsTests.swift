import Core
import Scaffolding
import Testing

@Suite("Costs of a new table")
struct MadeUpCostsTests {
  @Test("are the products of single bits at 10^12 a second, for the whole batch")
  func latency() {
    let network = Network(
      name: "two", batch: 5,
      layers: [
        Layer(
          name: "conv", kind: .convolution, inputChannels: 3, outputChannels: 8,
          input: Extent(square: 10), output: Extent(height: 5, width: 4), kernel: Extent(square: 3)),
        Layer(name: "classifier", kind: .fullyConnected, inputChannels: 16, outputChannels: 10),
      ])
    let points = [
      Point(layer: 0, precision: Precision("W4A6")!), Point(layer: 1, precision: Precision("W8A8")!),
      Point(layer: 1, precision: Precision("W1A1")!),
    ]
    let outcomes = MadeUpCosts().outcomes(of: points, in: network)
    // 8 x 3 x 9 weights at 20 places for 5 images: 21,600 products of 4 x 6 bits; 160 weights for 5 images of 64 and 1.
    for (outcome, expected) in zip(outcomes, [21_600 * 24e-12, 800 * 64e-12, 800e-12]) {
      guard case .cost(let cost) = outcome else {
        Issue.record("\(outcome)")
        continue
      }
      #expect(abs((cost[.latency] ?? 0) - expected) < expected * 1e-12)
      #expect(cost[.energy] == nil)
    }
    #expect(outcomes.count == 3)
  }
}
