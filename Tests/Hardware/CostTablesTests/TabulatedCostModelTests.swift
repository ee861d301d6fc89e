import Core
import CostTables
import Diagnostics
import Foundation
import Specs
import Testing

struct TabulatedCostModelTests {
  private let first = Layer(
    name: "first", kind: .convolution, inputChannels: 3, outputChannels: 8, input: Extent(square: 8),
    output: Extent(square: 8), kernel: Extent(square: 3))
  private let last = Layer(name: "last", kind: .fullyConnected, inputChannels: 8, outputChannels: 10)

  private var network: Network { Network(name: "n", batch: 1, layers: [first, last]) }

  private static let shapeTitles = "kind,groups,in_channels,out_channels,input,output,kernel,stride"

  private func table(
    _ rows: [String], columns: String, sha256: String? = nil,
    missing: TabulatedCostModel.MissingPoints = .refused
  ) throws -> TabulatedCostModel {
    let text = ([columns] + rows).joined(separator: "\n")
    return try TabulatedCostModel(
      try CostSheet.readCSV(Data(text.utf8), file: "t.csv", clockHertz: nil),
      scope: .init(batch: 1, networkSHA256: sha256), missingPoints: missing)
  }

  private func byName(
    _ rows: [String], missing: TabulatedCostModel.MissingPoints = .refused
  ) throws -> TabulatedCostModel {
    try table(
      rows, columns: "name,weight_bits,activation_bits,latency_s", sha256: network.shapeSHA256,
      missing: missing)
  }

  private func byShape(_ rows: [String]) throws -> TabulatedCostModel {
    try table(rows, columns: "name,weight_bits,activation_bits,latency_s,\(Self.shapeTitles)")
  }

  private func point(_ layer: Int, _ precision: String) throws -> Point {
    Point(layer: layer, precision: try #require(Precision(precision)))
  }

  private func message(_ work: () throws -> Void) -> String {
    do {
      try work()
      return "nothing was thrown"
    } catch { return "\(error)" }
  }

  @Test("points are found by layer name in the network that was measured")
  func names() throws {
    let model = try byName(["last,4,8,2", "first,4,8,3", "first,8,8,"])
    let points = try [point(0, "W4A8"), point(1, "W4A8"), point(0, "W8A8")]
    #expect(
      try model.outcomes(of: points, in: network) == [
        .cost(Cost(values: [.latency: 3])), .cost(Cost(values: [.latency: 2])), .unsupported,
      ])
  }

  @Test("names alone mean nothing without the network, and another network or batch is refused")
  func identity() throws {
    let rows = ["first,4,8,3"]
    #expect(
      message { _ = try table(rows, columns: "name,weight_bits,activation_bits,latency_s") }
        .contains("names alone do not say what was measured"))
    let model = try byName(rows)
    var other = network
    other.layers[1].outputChannels = 11
    #expect(
      message { _ = try model.outcomes(of: [point(0, "W4A8")], in: other) }
        .contains("the table is for the network with fingerprint \(network.shapeSHA256)"))
    #expect(
      message { _ = try model.outcomes(of: [point(0, "W4A8")], in: network.withBatch(2)) }
        .contains("measured at batch 1, not at batch 2"))
  }

  @Test("a layer whose number contradicts its name is refused")
  func order() throws {
    let model = try table(
      ["1,first,4,8,3"], columns: "layer,name,weight_bits,activation_bits,latency_s",
      sha256: network.shapeSHA256)
    #expect(
      message { _ = try model.outcomes(of: [point(0, "W4A8")], in: network) }
        == "t.csv:2:1: error: layer \"first\" is number 1 in the table and number 0 in the network. If the table counts "
        + "from 1, give --first-layer 1.")
  }

  @Test("shapes are found in any network, whatever the layer is called there")
  func shapes() throws {
    let model = try byShape(["measured,4,8,2,fully-connected,1,8,10,1,1,1,1"])
    let other = Network(
      name: "other",
      layers: [Layer(name: "head", kind: .fullyConnected, inputChannels: 8, outputChannels: 10)])
    #expect(
      try model.outcomes(of: [point(0, "W4A8")], in: other) == [.cost(Cost(values: [.latency: 2]))])
  }

  @Test("of layers with one shape and different costs the name decides, and without it nothing is guessed")
  func ambiguousShapes() throws {
    let shape = "fully-connected,1,8,10,1,1,1,1"
    let model = try byShape(["last,4,8,2,\(shape)", "other,4,8,5,\(shape)"])
    #expect(
      try model.outcomes(of: [point(1, "W4A8")], in: network) == [.cost(Cost(values: [.latency: 2]))])
    var renamed = network
    renamed.layers[1].name = "head"
    #expect(
      message { _ = try model.outcomes(of: [point(1, "W4A8")], in: renamed) }
        .contains("cost differently in the table (\"last\", \"other\"), and none is called \"head\""))
  }

  @Test("all missing points are listed, layer by layer")
  func missing() throws {
    let model = try byShape(["last,4,8,2,fully-connected,1,8,10,1,1,1,1"])
    let points = try [point(0, "W4A8"), point(1, "W4A8"), point(1, "W2A8"), point(1, "W2A2")]
    let shape = "convolution, 3 -> 8 channels, input 8x8, output 8x8, kernel 3x3, stride 1x1"
    #expect(
      message { _ = try model.outcomes(of: points, in: network) } == """
        t.csv: error: the table has no cost of layer "first" (\(shape)) at W4A8
        t.csv: error: the table has no cost of layer "last" (fully-connected, 8 -> 10 channels) at W2A8, W2A2
        """)
  }

  @Test("interpolation is linear in both widths between the nearest measured ones, and says so")
  func interpolation() throws {
    let rows = ["first,2,4,10", "first,8,4,40", "first,2,8,20", "first,8,8,80"]
    let model = try byName(rows, missing: .interpolated)
    let points = try ["W4A4", "W4A6", "W8A5", "W8A8"].map { try point(0, $0) }
    let outcomes = try model.outcomes(of: points, in: network)
    // W4 is a third of the way from 2 to 8: 10 + 30/3. A6 is half way: the mean of 20 and 20 + 60/3.
    // A5 is a quarter of the way from 40 to 80.
    let expected: [(Double, Bool)] = [(20, true), (30, true), (50, true), (80, false)]
    for (outcome, (latency, isInterpolated)) in zip(outcomes, expected) {
      guard case .cost(let cost) = outcome else {
        Issue.record("no cost")
        continue
      }
      #expect(abs(try #require(cost[.latency]) - latency) < 1e-12)
      #expect(cost.isInterpolated == isInterpolated)
    }
  }

  @Test("a hole is interpolated from its own neighbours, whatever else is measured")
  func hole() throws {
    // Latency = weight bits x activation bits, at {2, 4, 8} x {2, 4, 8} but for W4A4. Along a row: 4 x 2 + (4 x 8 - 4 x 2)
    // / 3 = 16, and 4 x 4 is 16.
    let bits = [2, 4, 8]
    let rows = bits.flatMap { w in bits.filter { w != 4 || $0 != 4 }.map { "first,\(w),\($0),\(w * $0)" } }
    func latency(_ rows: [String], _ precision: String) throws -> Double? {
      let model = try byName(rows, missing: .interpolated)
      guard case .cost(let cost)? = try model.outcomes(of: [point(0, precision)], in: network).first else {
        return nil
      }
      return cost[.latency]
    }
    #expect(abs(try #require(try latency(rows, "W4A4")) - 16) < 1e-12)
    // W3 is half way between 2 and 4, of which W4A4 is missing: the rectangle of W2 and W8 has its four corners.
    #expect(abs(try #require(try latency(rows, "W3A4")) - 12) < 1e-12)
    #expect(abs(try #require(try latency(rows, "W3A3")) - 9) < 1e-12)
    // The smallest rectangle decides: 15 at W4A2 and 25 at W4A8 are nearer than W2 and W8, 6 bits against 6 + 0; of
    // equals the one that spans fewer bits of weights is taken: 15 + (25 - 15) / 3.
    let bent = rows.filter { !$0.hasPrefix("first,4,") } + ["first,4,2,15", "first,4,8,25"]
    #expect(abs(try #require(try latency(bent, "W4A4")) - (15 + 10.0 / 3)) < 1e-12)
  }

  @Test("nothing is extrapolated, nor interpolated from a point that cannot run")
  func noExtrapolation() throws {
    let rows = ["first,2,4,10", "first,8,4,", "first,2,8,20", "first,8,8,80"]
    let model = try byName(rows, missing: .interpolated)
    for precision in ["W1A4", "W2A9", "W4A6"] {
      #expect(
        message { _ = try model.outcomes(of: [point(0, precision)], in: network) }
          .contains("at \(precision), and none can be interpolated"))
    }
  }

  @Test("a table that was written reads back to the same costs, for the network and for any with its shapes")
  func roundTrip() throws {
    struct Thirds: CostModel {
      func outcomes(of points: [Point], in network: Network) -> [PointOutcome] {
        points.map { .cost(Cost(values: [.latency: Double($0.precision.weight.bits + $0.layer) / 3])) }
      }
    }
    let widths = [2, 4].compactMap(BitWidth.init)
    let written = try LookupTable(
      CostTable(
        of: network, from: Thirds(), weightWidths: widths, activationWidths: widths,
        aggregates: [.latency: .sum],
        provenance: .withoutHardware("thirds"))
    ).csv(unit: .seconds)
    let model = try TabulatedCostModel(
      try CostSheet.readCSV(Data(written.utf8), file: "t.csv", clockHertz: nil),
      scope: .init(batch: 1, networkSHA256: nil), missingPoints: .refused)
    let points = try ["W2A2", "W4A4"].flatMap { precision in
      [try point(0, precision), try point(1, precision)]
    }
    #expect(
      try model.outcomes(of: points, in: network) == Thirds().outcomes(of: points, in: network))
  }
}
