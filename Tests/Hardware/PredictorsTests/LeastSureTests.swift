import Core
import CostTables
import Foundation
import Predictors
import RandomNumbers
import Testing

@Suite("which layers are best measured next")
struct LeastSureTests {
  private static func layers(_ count: Int, seed: UInt64) -> [Layer] {
    var random = RandomSource(seed: seed)
    return (0..<count).map {
      Layer(
        name: "\($0)", kind: .fullyConnected, inputChannels: 8 + random.index(below: 2000),
        outputChannels: 8 + random.index(below: 2000))
    }
  }

  private static func predictor() throws -> Predictor {
    let network = Network(name: "n", layers: layers(30, seed: 1))
    let cells = network.layers.indices.reduce(into: [Point: [Metric: Double]]()) { cells, index in
      let layer = network.layers[index]
      // A roofline does not see what the inputs alone do.
      let seconds = 1e-6 + Double(layer.multiplyAccumulates) / 1e10 + Double(layer.inputChannels) / 1e8
      cells[Point(layer: index, precision: .eight)] = [.latency: seconds]
    }
    let table = LookupTable(network: network, cells: cells)
    return try PredictorFit(Measurements([(table, .init(file: "t.csv", sha256: ""))])).predictor
  }

  /// The layer with the greatest stated deviation after measuring those before it, by a predictor that is read anew with each of
  /// them among its points.
  private static func bySlowTwin(_ count: Int, of layers: [Layer], _ predictor: Predictor) throws -> [Int] {
    var file = try #require(
      try JSONSerialization.jsonObject(with: Data(predictor.text().utf8)) as? [String: Any])
    let network = Network(name: "asked", layers: layers)
    var chosen: [Int] = []
    while chosen.count < count {
      let read = try Predictor(reading: JSONSerialization.data(withJSONObject: file), file: "p.json")
      let outcomes = try PredictedCostModel(read, file: "p.json").outcomes(
        of: layers.indices.map { Point(layer: $0, precision: .eight) }, in: network)
      let deviations = outcomes.map { outcome -> Double in
        guard case .cost(let cost) = outcome else { return 0 }
        return cost.latencyDeviation ?? 0
      }
      let open = layers.indices.filter { !chosen.contains($0) }
      let next = try #require(open.max { deviations[$0] < deviations[$1] })
      chosen.append(next)
      var parts = try #require(file["precisions"] as? [[String: Any]])
      var points = try #require(parts[0]["points"] as? [String])
      let layer = layers[next]
      // How sure a Gaussian process is does not depend on what was found.
      points.append(
        "fully-connected,1,\(layer.inputChannels),\(layer.outputChannels),1x1,1x1,1x1,1x1,1x1,1,0.001")
      parts[0]["points"] = points
      file["precisions"] = parts
    }
    return chosen
  }

  @Test("each is the one of greatest deviation, after those before it have been measured")
  func twin() throws {
    let predictor = try Self.predictor()
    let candidates = Self.layers(60, seed: 2)
    let chosen = predictor.leastSure(12, of: candidates, batch: 1)
    let expected = try Self.bySlowTwin(12, of: candidates, predictor)
    #expect(chosen == expected)
    #expect(Set(chosen).count == 12)
  }

  @Test("a layer that was measured is not the first, and one of a family that was not is left out")
  func known() throws {
    let predictor = try Self.predictor()
    var candidates = Self.layers(30, seed: 1).prefix(3) + Self.layers(5, seed: 2)
    candidates.append(
      Layer(
        name: "d", kind: .depthwise, groups: 8, inputChannels: 8, outputChannels: 8,
        input: Extent(square: 8), output: Extent(square: 8), kernel: Extent(square: 3)))
    let chosen = predictor.leastSure(20, of: Array(candidates), batch: 1)
    #expect(chosen[0] >= 3 && !chosen.contains(8))
    #expect(chosen.count == 8)
  }
}
