import Core
import CostTables
import Measuring
import Testing

@Suite("Random layers") struct RandomLayersTests {
  private func layers(_ kinds: [Layer.Kind] = Layer.Kind.allCases, _ count: Int = 2000, seed: UInt64 = 1)
    throws -> [Layer]
  {
    var source = try #require(RandomLayers(kinds: kinds, seed: seed))
    return (0..<count).map { _ in source.next() }
  }

  @Test("are those of their seed")
  func seeded() throws {
    #expect(try layers() == layers())
    #expect(try layers() != layers(seed: 2))
  }

  @Test("are of the kinds that the target has, each of them, and within limits of work and memory")
  func limits() throws {
    for kind in Layer.Kind.allCases { #expect(try layers([kind], 100).allSatisfy { $0.kind == kind }) }
    #expect(RandomLayers(kinds: [], seed: 1) == nil)
    let all = try layers()
    #expect(Set(all.map(\.kind)) == Set(Layer.Kind.allCases))
    for layer in all {
      #expect((10_000...4_000_000_000).contains(layer.multiplyAccumulates))
      #expect([layer.inputCount, layer.outputCount, layer.weightCount].allSatisfy { $0 <= 1 << 25 })
    }
  }

  @Test("have channels of whole groups, and outputs that their windows give")
  func shapes() throws {
    for layer in try layers() {
      #expect(
        layer.inputChannels.isMultiple(of: layer.groups) && layer.outputChannels.isMultiple(of: layer.groups))
      guard layer.kind.hasWindow else { continue }
      let (padding, reach) = (layer.padding, layer.reach.height)
      if layer.kind == .transposedConvolution {
        let whole = (layer.input.height - 1) * layer.stride.height + reach - padding.top - padding.bottom
        #expect(layer.output.height == whole)
      } else {
        let span = layer.input.height + padding.top + padding.bottom - reach
        #expect(layer.output.height == span / layer.stride.height + 1, "\(LayerShape(layer))")
      }
      #expect(layer.input.height == layer.input.width && layer.output.height == layer.output.width)
    }
  }

  @Test("are planned once for each shape, beside those of networks")
  func plan() throws {
    let layer = Layer(name: "a", kind: .fullyConnected, inputChannels: 8, outputChannels: 8)
    var plan = MeasuringPlan(batch: 1, precisions: [.eight])
    plan.add(
      Network(
        name: "n",
        layers: [layer, Layer(name: "b", kind: .fullyConnected, inputChannels: 8, outputChannels: 8)]))
    plan.add(Network(name: "m", layers: [layer]))
    plan.addRandom(50, from: try #require(RandomLayers(kinds: [.convolution, .depthwise], seed: 3)))
    #expect(plan.layers.count == 51)
    #expect(plan.layers[0].name == "n:a" && plan.layers[50].name == "random-50")
    #expect(Set(plan.layers.map(LayerShape.init)).count == 51)
    #expect(Set(plan.layers.map(\.name)).count == 51)
    #expect(plan.points.count == 51)
  }
}
